import Advisories
import Gateway
import JSON
import Platform
import VerdictStore

/// `jurat who`: who fetched a package, some bytes, or whatever an advisory affects.
///
/// A running server answers, since it also knows what it would do with a request now; without one the records are read as
/// they are.
enum WhoCommand {
    static let command = Command(
        ["who"], "tell who fetched a purl, an integrity or what an advisory affects, and when",
        operands: ["WHAT"],
        options: [
            .value("since", "WHEN", "only from then on: 7d, 2026-11-01 or a time"),
            .value("until", "WHEN", "only up to then"),
            .value("limit", "N", "at most so many, the newest (default 100)"), OutputFormat.option,
        ],
        example: "jurat who MAL-2026-12 --since 30d", run: run)

    private static func run(_ invocation: Invocation) async throws(CommandFailure) -> ExitCode {
        let format = try OutputFormat(of: invocation)
        let question = try Question(invocation)
        let deployment = try Deployment(invocation)
        let console = invocation.surroundings.console
        let answer: JSONValue
        var isOffline = false
        do throws(CommandFailure) {
            answer = try await deployment.admin.get("\(AdminClient.api)/who", query: question.fields)
        } catch {
            guard error.code == .notReady else { throw error }
            answer = try question.answer(from: deployment.data)
            isOffline = true
        }
        let total = answer["total"]?.integerValue ?? 0
        guard total > 0 else { throw CommandFailure(.notFound, question.nobody(answer)) }
        let listing = listing(of: answer["accesses"]?.arrayValue ?? [])
        console.text(listing.rendered(as: format, isTerminal: console.isTerminal))
        let clients = answer["clients"]?.integerValue ?? 0
        let count = "\(total) access\(total == 1 ? "" : "es") by \(clients) client\(clients == 1 ? "" : "s")"
        if answer["more"]?.boolValue == true {
            console.note("the newest \(listing.rows.count) of \(count); --limit shows more, --since and --until narrow")
        } else if format == .table || format == .wide {
            console.note(count)
        }
        if isOffline { console.note("no server runs here, so whether the bytes are refused now is not shown") }
        return .success
    }

    private static func listing(of accesses: [JSONValue]) -> Listing {
        var listing = Listing(
            columns: [
                .init("TIME"), .init("WHO"), .init("CLIENT"), .init("ADDRESS"), .init("CI"), .init("PACKAGE"),
                .init("NOW"), .init("REGISTRY", wide: true), .init("FILE", wide: true),
                .init("ADVISORIES", wide: true), .init("REQUEST", wide: true), .init("SHA512", wide: true),
            ], emptyNote: "nobody")
        for access in accesses {
            let advisories = access["advisories"]?.arrayValue?.compactMap(\.stringValue) ?? []
            listing.rows.append(
                (
                    [
                        access.text("time"), access["principal"]?.stringValue ?? "–", access.text("client"),
                        access.text("address"), access["ci"]?.boolValue == true ? "ci" : "–", access.text("purl"),
                        now(access), access.text("registry"), access.text("file"), advisories.joined(separator: " "),
                        access.text("requestId"), access.text("sha512"),
                    ].map(Logger.printable), access
                ))
        }
        return listing
    }

    /// What would become of a request for the same bytes now.
    private static func now(_ access: JSONValue) -> String {
        guard let isRefused = access["refused"]?.boolValue else { return "–" }
        guard let code = access["code"]?.stringValue else { return isRefused ? "refused" : "served" }
        return isRefused ? code : "pending"
    }
}

/// What `who` is asked, for a server and without one.
private struct Question {
    let subject: WhoSubject
    let since: Timestamp?
    let until: Timestamp?
    let limit: Int

    private static let maxLimit = 100_000

    init(_ invocation: Invocation) throws(CommandFailure) {
        do throws(WhoSubject.Problem) { subject = try WhoSubject(parsing: invocation.operands[0]) } catch {
            throw CommandFailure(.usage, error.description)
        }
        let now = invocation.surroundings.clock.now()
        since = try invocation.value("since").map { text throws(CommandFailure) in
            try PastMoment.parse(text, option: "since", now: now)
        }
        until = try invocation.value("until").map { text throws(CommandFailure) in
            try PastMoment.parse(text, option: "until", now: now)
        }
        if let since, let until, until < since {
            throw CommandFailure(.usage, "--until is before --since: \(until) and \(since)")
        }
        limit = try invocation.number("limit", in: 1...Self.maxLimit, default: 100)
    }

    var fields: [(String, String?)] {
        [
            ("what", subject.text), ("since", since?.rfc3339), ("until", until?.rfc3339), ("limit", String(limit)),
        ]
    }

    /// The answer from what is on disk.
    func answer(from data: DataDirectory) throws(CommandFailure) -> JSONValue {
        let index: AdvisoryIndex?
        do throws(AdvisoryError) {
            index = try AdvisoryDirectory(directory: data.advisoriesDirectory).current()
        } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        let subject: AccessQuestion.Subject
        do throws(WhoSubject.Problem) { subject = try self.subject.resolved(with: index) } catch {
            throw CommandFailure(.notFound, error.description)
        }
        let question = AccessQuestion(subject, since: since, until: until, limit: limit)
        let findings: AccessFindings?
        do throws(DatabaseError) { findings = try AccessReader(path: data.accessPath)?.find(question) } catch {
            throw CommandFailure(.failure, "\(error)")
        }
        guard let findings else {
            throw CommandFailure(.notFound, "nobody on record: nothing was ever served from \(data.path)")
        }
        return WhoAnswer(findings, index: index).json
    }

    /// Why there is nothing to show.
    func nobody(_ answer: JSONValue) -> String {
        let days = answer["retentionDays"]?.integerValue ?? 0
        let kept = "records are kept \(days) days"
        guard let text = answer["recordsBegin"]?.stringValue, let begin = try? Timestamp(parsing: text) else {
            return "nobody fetched \(subject.text): there is no access on record (\(kept))"
        }
        let start = since.map { max($0, begin) } ?? begin
        let end = until.map { " until \($0.rfc3339)" } ?? ""
        return "nobody on record since \(start.rfc3339)\(end) fetched \(subject.text) (\(kept))"
    }
}
