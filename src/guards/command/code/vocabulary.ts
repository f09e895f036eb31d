/**
 * What the standard libraries of the usual interpreters call the things a guard wants to know of. Names are the last part
 * of a dotted name: `system` stands for `os.system`, `Kernel.system` and `system`.
 */

function set(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter(Boolean))
}

/** They start a program, given as one text or as words. */
export const RUNNERS = set(`
  system popen popen2 popen3 popen4 getoutput getstatusoutput check_call check_output Popen call run
  execl execle execlp execlpe execv execve execvp execvpe spawnl spawnle spawnlp spawnv spawnve spawnvp posix_spawn
  exec_command execSync execFile execFileSync spawn spawnSync
  shell_exec passthru proc_open pcntl_exec capture2 capture2e capture3 pipeline
  execute callCommand readProcess createProcess rawSystem ProcessBuilder Command Cmd startProcess
  cmd termopen jobstart qx open3`)

/** In these languages `exec` and the backtick start a program; in the others `exec` runs code or matches a text. */
export const EXEC_STARTS = set('perl ruby php lua javascript other awk')

export const SOCKETS = set(`
  socket Socket create_connection create_server fsockopen pfsockopen stream_socket_client stream_socket_server socket_create
  socket_connect TCPSocket TCPServer UDPSocket INET IO::Socket::INET createConnection createServer TCPClient TcpClient
  TcpListener socketConnection gen_tcp sockaddr_in Dial Listen ztcp tcp net tls asyncore socketserver telnetlib`)

export const DOWNLOADERS = set(`
  urlopen urlretrieve getprint getstore DownloadString DownloadFile file_get_contents curl_exec Invoke-WebRequest
  open-uri LWP::Simple LWP::UserAgent HTTP::Tiny Net::HTTP httpx aiohttp requests fetch https http get URI`)

/** They run a text as code. */
export const EVALUATORS = set(`
  eval exec compile Function runInThisContext runInNewContext runInContext instance_eval class_eval module_eval assert
  create_function loadstring load iex Invoke-Expression execfile run_string loads_and_run`)

export const DECODERS = set(`
  b64decode b32decode b16decode a85decode b85decode decodebytes fromhex unhexlify base64_decode decode_base64 decode64
  strict_decode64 urlsafe_decode64 urlsafe_b64decode gzinflate gzuncompress gzdecode str_rot13 hex2bin atob decompress
  FromBase64String unpack pack fromCharCode fromCharCodes convert_uudecode rot13 rot_13 unescape chr`)

export const DELETERS = set(`
  rmtree rm_rf rm_r rmSync rmdirSync rmdir remove_tree remove_dir_all remove_entry_secure removeSync emptyDirSync rimraf
  deleteTree delete_tree`)

export const SENDERS = set(`
  post put patch sendall send sendto request PostForm postForm post_form urlopen fetch fsockopen fwrite syswrite UploadFile
  UploadString UploadData sendmail SMTP storbinary put_object upload_file upload`)
