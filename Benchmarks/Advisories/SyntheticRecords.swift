/// Advisory records about npm packages in the proportions of the public bundle: 98 of 100 are about malicious packages,
/// three quarters of those about every version; two kilobytes each.
struct SyntheticRecords: Sendable {
    let seed: UInt64
    let count: Int

    /// Numbers that look random and are the same for the same seed.
    struct Generator: RandomNumberGenerator {
        private var state: UInt64

        init(_ seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }

        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

        mutating func hex(_ digits: Int) -> String {
            let letters = Array("0123456789abcdef".utf8)
            return String(decoding: (0..<digits).map { _ in letters[below(16)] }, as: UTF8.self)
        }
    }

    /// What decides about a version of the package of one record.
    struct Subject {
        let name: String
        /// A version that the record is about.
        let affected: String
        /// A version that it is not about; nil when it is about all.
        let clean: String?
    }

    private static let syllables = [
        "lo", "da", "sh", "ex", "press", "re", "act", "vue", "cli", "core", "util", "node", "js", "web", "pack", "ts",
        "api", "log", "ger", "test", "kit", "ui", "data", "base", "mo", "ck", "type", "fast", "lite", "auth",
    ]

    private func isFlaw(_ number: Int) -> Bool { number % 50 == 7 }

    /// Several flaws share a package; malicious packages have one record each.
    private func packageName(_ number: Int) -> String {
        let owner = isFlaw(number) ? number / 50 % 3000 * 50 + 7 : number
        var random = Generator(seed &+ UInt64(owner) &* 31)
        var name = ""
        for _ in 0..<(2 + random.below(3)) { name += Self.syllables[random.below(Self.syllables.count)] }
        name += "-" + String(owner, radix: 36)
        return random.below(6) == 0 ? "@\(Self.syllables[random.below(30)])\(random.below(900))/\(name)" : name
    }

    private func versions(_ random: inout Generator) -> [String] {
        (0..<(1 + random.below(3))).map { "\(random.below(9)).\(random.below(30)).\($0)" }
    }

    func subject(_ number: Int) -> Subject {
        var random = Generator(seed ^ UInt64(number) &* 0x1_0001)
        if isFlaw(number) { return Subject(name: packageName(number), affected: "0.0.1", clean: "99.0.0") }
        if random.below(4) != 0 { return Subject(name: packageName(number), affected: "1.0.0", clean: nil) }
        return Subject(name: packageName(number), affected: versions(&random)[0], clean: "77.1.2")
    }

    /// The file's name and its text.
    ///
    /// - Parameter revision: another one has another time of change and another fixed version or description.
    func record(_ number: Int, revision: Int) -> (name: String, text: [UInt8]) {
        let id = isFlaw(number) ? flawID(number) : "MAL-\(2022 + number % 5)-\(number)"
        let text = isFlaw(number) ? flaw(number, id, revision) : malicious(number, id, revision)
        return ("\(id).json", Array(text.utf8))
    }

    private func flawID(_ number: Int) -> String {
        let digits = String(String(number + 1_000_000_000_000, radix: 36).suffix(12))
        return "GHSA-\(digits.prefix(4))-abcd-\(digits.suffix(4))"
    }

    private func malicious(_ number: Int, _ id: String, _ revision: Int) -> String {
        var random = Generator(seed ^ UInt64(number) &* 0x1_0001)
        let name = packageName(number)
        let isEveryVersion = random.below(4) != 0
        let named = isEveryVersion ? [] : versions(&random)
        let list = "[" + named.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        let what =
            isEveryVersion
            ? #""ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]"# : #""versions":\#(list)"#
        let alias =
            random.below(2) == 0 ? #""aliases":["GHSA-\#(random.hex(4))-\#(random.hex(4))-\#(random.hex(4))"],"# : ""
        let sources = (0..<2).map { source in
            """
            {"source":"\(source == 0 ? "ghsa-malware" : "reversing-labs")","sha256":"\(random.hex(64))",\
            "import_time":"2024-06-2\(source)T02:46:41.91747673Z","id":"RLMA-2024-\(random.below(99_999))",\
            "modified_time":"2024-06-25T13:22:35Z","versions":\(list)}
            """
        }
        return """
            {"modified":"2026-0\(1 + revision % 9)-24T01:01:57Z","published":"2024-06-25T13:22:35Z","schema_version":"1.7.4",\
            "id":"\(id)",\(alias)"summary":"Malicious code in \(name) (npm)",\
            "details":"\\n---\\n_-= Per source details. Do not edit below this line.=-_\\n\\n## Source: ghsa-malware \
            (\(random.hex(64)))\\nAny computer that has this package installed or running should be considered fully \
            compromised. All secrets and keys stored on that computer should be rotated immediately from a different \
            computer. The package should be removed, but as full control of the computer may have been given to an outside \
            entity, there is no guarantee that removing the package will remove all malicious software resulting from \
            installing it.\\n",\
            "affected":[{"package":{"ecosystem":"npm","name":"\(name)","purl":"pkg:npm/\(name)"},\(what),\
            "database_specific":{"cwes":[{"cweId":"CWE-506","name":"Embedded Malicious Code","description":"The product \
            contains code that appears to be malicious in nature."}]}}],\
            "references":[{"type":"WEB","url":"https://registry.example/packages/\(name)"},{"type":"ADVISORY",\
            "url":"https://advisories.example/\(id)"}],\
            "credits":[{"name":"Analysts","type":"FINDER","contact":["https://analysts.example"]}],\
            "database_specific":{"malicious-packages-origins":[\(sources.joined(separator: ","))],\
            "iocs":{"ips":["203.0.113.\(random.below(250))"],"domains":["\(random.hex(12)).example"]}}}
            """
    }

    private func flaw(_ number: Int, _ id: String, _ revision: Int) -> String {
        var random = Generator(seed ^ UInt64(number) &* 0x1_0001)
        let name = packageName(number)
        let ranges = (0..<(1 + random.below(3))).map { major in
            """
            {"type":"SEMVER","events":[{"introduced":"\(major == 0 ? "0" : "\(major).0.0")"},\
            {"fixed":"\(major).\(1 + random.below(30)).\(revision)"}]}
            """
        }
        let letters = ["N", "L", "H"]
        return """
            {"modified":"2026-0\(1 + revision % 9)-24T01:01:57Z","published":"2024-06-25T13:22:35Z","schema_version":"1.7.4",\
            "id":"\(id)","aliases":["CVE-20\(10 + number % 16)-\(10_000 + number)"],"summary":"Denial of service in \(name)",\
            "details":"### Impact\\n\(String(repeating: "Input of the form \(random.hex(8)) takes long. ", count: 20))\\n",\
            "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:\(letters[random.below(3)])/\
            I:\(letters[random.below(3)])/A:\(letters[random.below(3)])"}],\
            "affected":[{"package":{"ecosystem":"npm","name":"\(name)"},"ranges":[\(ranges.joined(separator: ","))]}],\
            "references":[{"type":"ADVISORY","url":"https://advisories.example/\(id)"}]}
            """
    }
}
