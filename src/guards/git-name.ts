/** Code points that HFS+ leaves out when it compares names; git's list in utf8.c. */
const HFS_IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/**
 * True for a file name that some file system takes for `.git`: other case, code points that HFS+ ignores, the short
 * names, trailing dots and spaces, and streams of NTFS.
 */
export function looksLikeDotGit(name: string): boolean {
  const plain = name.replaceAll(HFS_IGNORED, '').normalize('NFKC').toLowerCase()
  const [beforeStream = ''] = plain.split(':')
  return /^(?:\.git|git~[0-9]+)[ .]*$/.test(beforeStream)
}
