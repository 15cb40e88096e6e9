import Advisories
import JSON
import Lockfiles
import Platform
import Registry
import VerdictStore

/// `jurat advisories query`: what the loaded records say of packages, without a server.
///
/// Spec: cli.md; docs/checking.md.
enum AdvisoriesQueryCommand {
    static let command = Command(
        ["advisories", "query"], "look packages, advisory ids or lockfiles up in the loaded records",
        operands: ["WHAT…"],
        options: [
            OutputFormat.option, .value("ecosystem", "ECO", "what name@version stands for: npm or pypi (default npm)"),
        ],
        example: "jurat advisories query pkg:npm/lodash@4.17.20 GHSA-35jh-r3h4-6jhm", run: run)

    /// What was found about one thing that was asked.
    private struct Answer {
        let purl: PackageURL
        let advisories: [JSONValue]

        var json: JSONValue { ["purl": .string(purl.text), "advisories": .array(advisories)] }
    }

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let ecosystem = try ecosystem(invocation)
        let deployment = try Deployment(invocation)
        let console = invocation.surroundings.console
        let index: AdvisoryIndex?
        do { index = try AdvisoryDirectory(directory: deployment.data.advisoriesDirectory).current() } catch {
            throw CommandFailure(.failure, "the advisory snapshot cannot be read: \(error)")
        }
        guard let index else {
            throw CommandFailure(.notReady, "no advisories were ever loaded; run jurat advisories sync first")
        }
        var answers: [Answer] = []
        var (unread, unknown): ([String], [String]) = ([], [])
        for operand in invocation.operands {
            if let found = try Self.look(up: operand, in: index, ecosystem, &unread) {
                answers += found
            } else {
                unknown.append(operand)
            }
        }
        print(answers, as: format, on: console)
        for text in unread.prefix(20) { console.note("not looked up: \(text)") }
        if unread.count > 20 { console.note("not looked up: \(unread.count - 20) more") }
        for text in unknown {
            console.note("\(text) is no purl, no name@version, no id of a loaded record and no file that is here")
        }
        if !unknown.isEmpty { return .notFound }
        return unread.isEmpty ? .success : .failure
    }

    private static func ecosystem(_ invocation: Invocation) throws(CommandFailure) -> Ecosystem {
        guard let text = invocation.value("ecosystem") else { return .npm }
        guard let ecosystem = Ecosystem(rawValue: text.lowercased()) else {
            throw CommandFailure(.usage, "--ecosystem is \(text); expected npm or pypi")
        }
        return ecosystem
    }

    // MARK: Looking up

    /// Nil when the operand stands for nothing.
    private static func look(
        up operand: String, in index: AdvisoryIndex, _ ecosystem: Ecosystem, _ unread: inout [String]
    ) throws(CommandFailure) -> [Answer]? {
        if operand.hasPrefix("pkg:") {
            do { return [answer(about: try PackageURL(parsing: operand), in: index)] } catch {
                throw CommandFailure(.usage, "\(error)")
            }
        }
        if operand == "-" || Files.exists(operand) { return try answersToFile(operand, in: index, &unread) }
        if let records = records(named: operand, in: index) { return records }
        return named(operand, ecosystem).map { [answer(about: $0, in: index)] }
    }

    private static func answersToFile(
        _ path: String, in index: AdvisoryIndex, _ unread: inout [String]
    ) throws(CommandFailure) -> [Answer] {
        var answers: [Answer] = []
        for input in try CheckedInput.read([path]) {
            switch input.contents {
            case .purls(let purls):
                for purl in purls {
                    do { answers.append(answer(about: try PackageURL(parsing: purl), in: index)) } catch {
                        unread.append("\(error)")
                    }
                }
            case .file(let bytes): answers += try Self.answers(toLockfile: bytes, input.filename, in: index, &unread)
            }
        }
        return answers
    }

    private static func answers(
        toLockfile bytes: [UInt8], _ filename: String?, in index: AdvisoryIndex, _ unread: inout [String]
    ) throws(CommandFailure) -> [Answer] {
        let lockfile: Lockfile
        do throws(LockfileError) { lockfile = try Lockfile(reading: bytes, filename: filename) } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        var seen: Set<PackageURL> = []
        var answers: [Answer] = []
        for entry in lockfile.entries {
            switch entry.subject {
            case .version(let name, let version):
                let purl = PackageURL(name, version: version)
                if seen.insert(purl).inserted { answers.append(answer(about: purl, in: index)) }
            case .unpinned(_, let reason): unread.append("\(entry.input): \(reason)")
            case .unreadable(let reason):
                if entry.origin.isRegistry { unread.append("\(entry.input): \(reason)") }
            }
        }
        return answers
    }

    /// `name@1.0.0`, `name==1.0` or a name alone.
    private static func named(_ text: String, _ ecosystem: Ecosystem) -> PackageURL? {
        var (name, version, kind) = (text, String?.none, ecosystem)
        if let mark = text.firstRange(of: "==") {
            (name, version, kind) = (String(text[..<mark.lowerBound]), String(text[mark.upperBound...]), .pypi)
        } else if let at = text.lastIndex(of: "@"), at > text.startIndex {
            (name, version) = (String(text[..<at]), String(text[text.index(after: at)...]))
        }
        // A bare word is rather a mistyped id or file than a package that nothing is known of.
        guard let version else { return nil }
        guard let parsed = try? PackageName(parsing: name, ecosystem: kind),
            let number = try? PackageVersion(parsing: version, ecosystem: kind)
        else { return nil }
        return PackageURL(parsed, version: number)
    }

    private static func answer(about purl: PackageURL, in index: AdvisoryIndex) -> Answer {
        guard let version = purl.version else {
            return Answer(purl: purl, advisories: index.advisories(for: purl.name).map(record))
        }
        let matches = index.matches(purl.name, version).map { match in
            advisory(
                match.id, match.aliases, match.isMalicious, match.cvssTenths, match.summary, match.fixedVersions)
        }
        return Answer(purl: purl, advisories: matches)
    }

    /// The records of an id, or of the ids that give it as an alias: one answer for each package.
    private static func records(named id: String, in index: AdvisoryIndex) -> [Answer]? {
        var records = index.advisories(withID: id)
        if records.isEmpty {
            for other in index.ids(aliasedBy: id) { records += index.advisories(withID: other) }
        }
        return records.isEmpty
            ? nil : records.map { Answer(purl: PackageURL($0.package), advisories: [record($0)]) }
    }

    private static func record(_ record: PackageAdvisory) -> JSONValue {
        var fixed: [String] = []
        for event in record.ranges.joined() where event.kind == .fixed && !fixed.contains(event.version) {
            fixed.append(event.version)
        }
        return advisory(record.id, record.aliases, record.isMalicious, record.cvssTenths, record.summary, fixed)
    }

    private static func advisory(
        _ id: String, _ aliases: [String], _ isMalicious: Bool, _ cvssTenths: Int?, _ summary: String, _ fixed: [String]
    ) -> JSONValue {
        [
            "id": .string(id), "aliases": .array(aliases.map { .string($0) }), "malicious": .bool(isMalicious),
            "cvss": cvssTenths.map { .number("\($0 / 10).\($0 % 10)") } ?? .null, "summary": .string(summary),
            "fixed": .array(fixed.map { .string($0) }),
        ]
    }

    // MARK: Showing

    private static func print(_ answers: [Answer], as format: OutputFormat, on console: Console) {
        if format == .json || format == .jsonl {
            for answer in answers {
                console.line(JSONText.string(answer.json, pretty: format == .json && answers.count == 1))
            }
            return
        }
        var listing = Listing(
            columns: [
                .init("PACKAGE"), .init("ID"), .init("SEVERITY"), .init("FIXED"), .init("SUMMARY"),
                .init("ALIASES", wide: true),
            ], emptyNote: "nothing is known against \(answers.count == 1 ? answers[0].purl.text : "any of them")")
        for answer in answers {
            for advisory in answer.advisories {
                let severity = advisory["malicious"] == true ? "malicious" : advisory.text("cvss")
                listing.rows.append(
                    (
                        [
                            answer.purl.text, advisory.text("id"), severity.isEmpty ? "–" : severity,
                            list(advisory["fixed"]), advisory.text("summary"), list(advisory["aliases"]),
                        ], answer.json
                    ))
            }
        }
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
    }

    private static func list(_ value: JSONValue?) -> String {
        (value?.arrayValue ?? []).compactMap(\.stringValue).joined(separator: " ")
    }
}
