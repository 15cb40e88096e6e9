import SourceCode

/// Text of PowerShell and of Windows' `cmd`, as far as judging it needs.
enum PowerShellText {
    /// The text in small letters, without the marks that hide names: backticks, carets, joined and formatted strings.
    static func plain(_ text: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        for byte in text.lowercasedASCII() {
            switch byte {
            case UInt8(ascii: "`"), UInt8(ascii: "^"), 0: continue
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // `'down'+'load'`: a quote, a plus and a quote vanish.
                if let start = openingOfJoin(plain, byte) {
                    plain.removeSubrange(start...)
                } else {
                    plain.append(byte)
                }
            case 0x09, 0x0D: plain.append(0x20)
            default: plain.append(byte)
            }
        }
        return plain
    }

    /// Where the `' + ` begins that the quote about to come would close.
    private static func openingOfJoin(_ text: [UInt8], _ quote: UInt8) -> Int? {
        var index = text.count - 1
        while index >= 0, text[index] == 0x20 { index -= 1 }
        guard index > 0, text[index] == UInt8(ascii: "+") else { return nil }
        index -= 1
        while index >= 0, text[index] == 0x20 { index -= 1 }
        return index >= 0 && text[index] == quote ? index : nil
    }

    /// Whether a word is PowerShell's option for a program in base64, which may be shortened at will.
    static func isEncodedOption(_ word: [UInt8]) -> Bool {
        let lowered = word.lowercasedASCII()
        guard let first = lowered.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "/"), lowered.count > 1
        else {
            return false
        }
        let name = lowered.dropFirst()
        return name.equals("ec") || "encodedcommand".utf8.starts(with: name)
    }

    /// The programs that a call of PowerShell is given: as text, and decoded.
    static func programs(in command: ReadCommand) -> [[UInt8]] {
        let words = command.arguments
        if let index = words.firstIndex(where: { isEncodedOption($0.text) }), index + 1 < words.count {
            return decodedProgram(words[index + 1].text).map { [$0] } ?? []
        }
        let options = ["-c", "-command", "/c", "-com", "-comm"]
        let isProgram: (ShellWord) -> Bool = { word in
            options.contains { word.text.lowercasedASCII().equals($0) }
        }
        let start = words.firstIndex(where: isProgram).map { $0 + 1 } ?? 0
        return [Array(words[start...].map(\.text).joined(separator: [0x20]))]
    }

    /// What follows `-EncodedCommand`: base64 of UTF-16.
    static func decodedProgram(_ text: [UInt8]) -> [UInt8]? {
        guard let bytes = LenientBase64.decode(text, others: .refuse), bytes.count >= 2 else { return nil }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
        let zeros = units.count { $0 >> 8 == 0 }
        // Some give UTF-8 by mistake.
        return zeros * 2 >= units.count ? Array(String(decoding: units, as: UTF16.self).utf8) : bytes
    }

    // MARK: What it does

    /// What is noticed about text that PowerShell or `cmd` would run.
    static func signs(in text: [UInt8]) -> Set<Observation> {
        let plain = plain(text)
        var found: Set<Observation> = []
        func names(_ marks: String...) -> Bool { marks.contains { plain.contains(text: $0) } }
        let downloads = names(
            "downloadstring", "downloadfile", "downloaddata", "invoke-webrequest", "invoke-restmethod", "net.webclient",
            "start-bitstransfer", "iwr ", "irm ", "wget ", "curl ", "openread(", "xmlhttp")
        if downloads, names("iex", "invoke-expression", ".invoke(", "scriptblock]::create") {
            found.insert(.scriptPipesToInterpreter)
        }
        if downloads, names("start-process", "invoke-item", "& $", ";.\\", "& '", "&'", "start ", "rundll32") {
            found.insert(.scriptRunsDownload)
        }
        if names("frombase64string", "[convert]::"), names("iex", "invoke-expression", "assembly]::load", ".invoke(") {
            found.insert(.scriptDecodesAndRuns)
        }
        if names("net.sockets.tcpclient"), names("iex", "invoke-expression", "getstream", "cmd", "powershell") {
            found.insert(.scriptReverseShell)
        }
        return found.union(systemTools(plain))
    }

    /// Windows' own programs that fetch and run what they are told, judged over text in small letters.
    static func systemTools(_ plain: [UInt8]) -> Set<Observation> {
        func names(_ marks: String...) -> Bool { marks.contains { plain.contains(text: $0) } }
        let fetches =
            names("certutil") && names("urlcache", "-decode ", "/decode ") && names("http", "-decode", "/decode")
            || names("bitsadmin") && names("/transfer", "/addfile")
            || names("mshta")
                && names("mshta http", "mshta.exe http", "mshta \"http", "mshta 'http", "javascript:", "vbscript:")
            || names("regsvr32") && names("/i:http", "scrobj") || names("rundll32") && names("javascript:", "\\\\")
            || names("osascript") && names("do shell script") && names("curl", "http")
            || names("msiexec") && names("/i http", "/i \"http", "-i http", "/package http")
        return fetches ? [.scriptPipesToInterpreter] : []
    }
}
