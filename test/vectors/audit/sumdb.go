// Writes sumdb.json: what golang.org/x/mod/sumdb/{note,tlog} v0.7.0 say, code that Airlock's authors did not write.
// Run: GO111MODULE=off go run sumdb.go > sumdb.json (Debian: golang-go, golang-golang-x-mod-dev)
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, index := range indexes {
		out = append(out, h[index])
	}
	return out, nil
}

type root struct {
	Size int64     `json:"size"`
	Root tlog.Hash `json:"root"`
}
type inclusion struct {
	Index int64       `json:"index"`
	Size  int64       `json:"size"`
	Proof []tlog.Hash `json:"proof"`
}
type consistency struct {
	First  int64       `json:"first"`
	Second int64       `json:"second"`
	Proof  []tlog.Hash `json:"proof"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	const name = "airlock.example.com/log"
	const leaves = 1000
	seed := bytes.Repeat([]byte{7}, 32)
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(name, public)
	check(err)
	verifier, err := note.NewVerifier(vkey)
	check(err)
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, verifier.KeyHash(),
		base64.StdEncoding.EncodeToString(append([]byte{1}, seed...)))
	signer, err := note.NewSigner(skey)
	check(err)

	var stored hashes
	var roots []root
	for n := int64(0); n < leaves; n++ {
		added, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("leaf %d", n)), stored)
		check(err)
		stored = append(stored, added...)
		if n < 40 || n%97 == 0 || n == leaves-1 {
			hash, err := tlog.TreeHash(n+1, stored)
			check(err)
			roots = append(roots, root{n + 1, hash})
		}
	}
	var inclusions []inclusion
	var consistencies []consistency
	for _, size := range []int64{1, 2, 3, 4, 5, 7, 8, 13, 16, 21, 700, 1000} {
		for _, index := range []int64{0, 1, 2, 3, 6, 7, 12, 20, 511, 512, 699, 999} {
			if index < size {
				proof, err := tlog.ProveRecord(size, index, stored)
				check(err)
				inclusions = append(inclusions, inclusion{index, size, append([]tlog.Hash{}, proof...)})
			}
		}
		for _, first := range []int64{1, 2, 3, 4, 6, 7, 8, 13, 16, 20, 512, 699, 700} {
			if first <= size {
				proof, err := tlog.ProveTree(size, first, stored)
				check(err)
				consistencies = append(consistencies, consistency{first, size, append([]tlog.Hash{}, proof...)})
			}
		}
	}
	last := roots[len(roots)-1]
	text := fmt.Sprintf("%s\n%d\n%s\n", name, last.Size, last.Root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	check(err)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	check(encoder.Encode(map[string]any{
		"source": "golang.org/x/mod v0.7.0 sumdb/note and sumdb/tlog, by sumdb.go beside this file",
		"seed":   base64.StdEncoding.EncodeToString(seed), "name": name, "verifier": vkey,
		"leaves": "utf-8 text `leaf <n>`, n from 0 to 999",
		"roots":  roots, "inclusions": inclusions, "consistencies": consistencies,
		"checkpoint": string(signed),
	}))
}
