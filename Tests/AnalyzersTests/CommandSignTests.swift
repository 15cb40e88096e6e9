import TestSupport
import Testing

@testable import Analyzers

@Suite("What commands do to a machine")
struct CommandSignTests {
    private func signs(_ text: String) -> Set<Observation> { CommandSigns.judge(Array(text.utf8)) }

    @Test(
        "deleting a root, a disk or a home folder is seen",
        arguments: [
            "rm -rf /", "sudo rm -r -f ~", "rm -rf \"$HOME\"/*", "sh -c 'rm -fr ${HOME}/'",
            "rm -rf --no-preserve-root /",
            "del /f /s /q C:\\*", "cmd /c rd /s /q %USERPROFILE%", "dd if=/dev/zero of=/dev/sda", "mkfs.ext4 /dev/sda1",
            "find / -exec rm -rf / ;", "D=/; rm -rf $D", "vssadmin delete shadows /all", "Remove-Item -Recurse C:\\",
        ])
    func wipes(_ text: String) { #expect(signs(text) == [.commandWipes], "\(text)") }

    @Test(
        "deleting a folder of one's own is not",
        arguments: [
            "rm -rf /tmp/box", "rm -rf build/", "rm -rf \"$DIR\"/*", "rm -rf ~/.cache/box", "rm -rf $HOME/.box",
            "rm -f ~",
            "rm -rf ./*", "del /s *.obj", "dd if=a of=b.img", "rm -rf \"${D:?}\"/", "echo rm -rf /", "rmdir /s build",
        ])
    func keeps(_ text: String) { #expect(signs(text).isEmpty, "\(text): \(signs(text))") }

    @Test("staying, spreading, mining and installing have signs of their own")
    func others() {
        #expect(signs("(crontab -l; echo '@reboot a') | crontab -") == [.commandPersists])
        #expect(signs("crontab -l; systemctl status a; launchctl list; schtasks /query") == [])
        #expect(signs("schtasks /create /tn a /tr b") == [.commandPersists])
        #expect(
            signs("reg add HKCU\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run /v a") == [
                .commandPersists
            ])
        #expect(signs("systemctl --user enable a") == [.commandPersists])
        #expect(signs("./xmrig -o p:1 -u w") == [.runsMiner])
        #expect(signs("nohup ./x -o stratum+tcp://p:1 &") == [.runsMiner])
        #expect(signs("npm publish --dry-run; npm run publish; npm view box") == [])
        #expect(signs("cd a && npm publish") == [.commandPublishes])
        #expect(signs("python -m twine upload dist/*") == [.commandPublishes])
        #expect(signs("git -C a push origin x; git status") == [.commandPushes])
        #expect(signs("git stash push; gh repo view") == [])
        #expect(signs("gh repo create a --public --push") == [.createsRepository])
        #expect(signs("gemini --yolo -p x") == [.agentUnattended])
        #expect(signs("q chat --trust-all-tools --no-interactive x") == [.agentUnattended])
        #expect(signs("claude --model x -p y; codex exec y") == [])
        #expect(signs("trufflehog filesystem /") == [.runsSecretScanner])
        #expect(signs("pip install -r requirements.txt") == [.installsPackages])
        #expect(signs("pip install --index-url http://x.example/simple box") == [.installsFromElsewhere])
        #expect(signs("npm i git+https://x.example/a.git") == [.installsFromElsewhere])
        #expect(signs("npm install") == [.installsPackages])
        #expect(signs("./config.sh --url https://x.example --token a") == [.registersRunner])
        #expect(signs("curl -fsSL https://bun.sh/install | bash") == [.fetchesRuntime])
    }
}

@Suite("Addresses and URLs in text")
struct AddressTests {
    private func address(_ text: String) -> InternetAddress? { InternetAddress(Array(text.utf8)[...]) }

    @Test("every form of an address that programs accept is read")
    func forms() {
        let plain = address("45.77.12.9")
        #expect(plain?.bytes == [45, 77, 12, 9] && plain?.isDisguised == false)
        for text in ["0x2d4d0c09", "760024073", "055.0115.014.011", "45.77.3081", "0x2d.77.12.9", "::ffff:45.77.12.9"] {
            #expect(address(text)?.bytes == [45, 77, 12, 9], "\(text)")
            #expect(address(text)?.isDisguised == true, "\(text)")
        }
        #expect(address("2a01:4f8:c17:b8f::2")?.bytes.prefix(4) == [0x2A, 0x01, 0x04, 0xF8])
        for text in [
            "", "1.2.3.256", "1.2.3.4.5", "a.b", "1..2", "08", "0xg", "99999999999", ":::", "1:2", "::1::", "x:1",
        ] {
            #expect(address(text) == nil, "\(text)")
        }
    }

    @Test("private, example and well-known addresses are not foreign")
    func foreign() {
        for text in ["45.77.12.9", "185.199.108.153", "2a01:4f8:c17:b8f:1234:5678:9abc:def1", "::ffff:45.77.12.9"] {
            #expect(address(text)?.isForeign == true, "\(text)")
        }
        for text in [
            "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "192.0.2.1",
            "198.51.100.7", "203.0.113.9", "8.8.8.8", "1.1.1.1", "1.2.3.4", "10.20.30.40", "224.0.0.1", "0.0.0.0",
            "255.255.255.255", "4.0.0.0", "::1", "fe80::1", "2001:db8::1", "::", "2606:4700:4700::1111",
        ] {
            #expect(address(text)?.isForeign == false, "\(text)")
        }
    }

    @Test("a URL is found around a place in it")
    func urls() throws {
        let text = Array("see 'https://a:b@x.Hook.example:8080/p/q?r=1' now".utf8)
        let place = try #require(text.firstRange(of: "Hook")).lowerBound
        let url = try #require(FoundURL(in: text[...], around: place))
        #expect(url.hostBytes.equals("x.Hook.example") && url.pathBytes.equals("/p/q?r=1"))
        #expect(url.hasScheme && url.port == 8080 && text[url.start...].hasPrefix("https"))
        #expect(url.hostDepth(below: "hook.example") == 1 && url.isHost(at: "x.hook.example"))
        #expect(!url.isHost(at: "ook.example") && !url.isInSentence)
        let sentence = Array("You can also use https://x.example/a".utf8)[...]
        #expect(FoundURL(in: sentence, around: 26)?.isInSentence == true)
        for place in text.indices { _ = FoundURL(in: text[...], around: place) }
    }
}
