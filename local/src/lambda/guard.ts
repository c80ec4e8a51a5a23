import { spawn } from "node:child_process";

/** Kills function processes that would outlive the stack. */
export interface Guard {
  watch(pid: number): void;
  forget(pid: number): void;
  close(): void;
}

// Reads "+ <pid>" and "- <pid>"; the end of its input means that the stack is gone, however it went.
const SCRIPT = `
trap '' INT TERM HUP
pids=' '
while read -r change pid; do
  case $change in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
kill -9 $pids 2>/dev/null
`;

/**
 * A function process ends by itself when its stdin closes, unless its event loop is blocked; and a stack that was killed
 * cannot kill anybody. So one small shell outlives the stack by a moment.
 */
export function startGuard(): Guard {
  const shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], env: {} });
  shell.stdin.on("error", () => {});
  shell.on("error", () => {});
  shell.unref();
  return {
    watch: (pid) => shell.stdin.write(`+ ${pid}\n`),
    forget: (pid) => shell.stdin.write(`- ${pid}\n`),
    close: () => shell.stdin.end(),
  };
}
