import HTTP
import Platform
import Registry
import Screening
import VerdictStore

/// The page that tells a developer why something was refused, until when, and what to do.
///
/// It needs no login, so it names no registry, person, path or rule of the installation: only the package, our own
/// sentences, places in the package, and public advisory ids. Everything is escaped all the same.
enum WhyPage {
    /// One thing that an analyzer found, and where in the package.
    struct FoundPlace: Sendable {
        let sentence: String
        let path: String?
        let line: Int?
    }

    private static let mostFindings = 10

    static func page(
        _ judgement: Judgement, findings: [FoundPlace] = [], comparison: ReleaseComparison? = nil,
        alternatives: [String]
    ) -> String {
        let name = escaped("\(judgement.input.name.canonical)@\(judgement.artifact.versionText)")
        guard !judgement.isListed, let code = judgement.decision.code else {
            return document(
                title: "\(name) is available",
                body: "<p>Nothing stands against <b>\(name)</b> any more. Try again.</p>")
        }
        let isHold = judgement.decision.outcome == .hold
        var body = "<p class=\"what\"><b>\(name)</b> \(escaped(code.sentence)).</p>"
        body += "<p>\(escaped(code.description))</p>"
        body += section("Until when", until(judgement, isHold: isHold))
        body += section("What is allowed instead", instead(alternatives))
        body += section("What the analyzers say", analyzers(judgement) + found(findings))
        if let changes = comparison.map({ ChangeSection($0).html }), !changes.isEmpty {
            body += section("What changed", changes)
        }
        body += section(
            "How to ask for an exception",
            "<p>Send the address of this page to whoever runs this registry. They can read the findings and release or "
                + "keep the version, with a reason that is on record.</p>")
        return document(title: "\(isHold ? "Held" : "Blocked"): \(name)", body: body)
    }

    /// One refused version of a package.
    struct RefusedVersion: Sendable {
        let versionText: String
        let sentence: String
        let until: String?
        let link: String
    }

    /// All that is refused of one package, each with the link to its own page.
    static func package(_ name: String, refused: [RefusedVersion], available: Int) -> String {
        let rows = refused.map { version in
            "<tr><td><a href=\"\(escaped(version.link))\">\(escaped(version.versionText))</a></td>"
                + "<td>\(escaped(version.sentence))</td><td>\(escaped(version.until.map { "until \($0)" } ?? ""))</td></tr>"
        }
        let table = rows.isEmpty ? "<p>Nothing of it is refused.</p>" : "<table>\(rows.joined())</table>"
        return document(
            title: escaped(name), body: "\(table)<p>\(available) more files of this package are available.</p>")
    }

    static let unknown = document(
        title: "Unknown reference",
        body: "<p>This reference is not known here. Run the command that was refused again and follow its link.</p>")

    static func unavailable(_ reason: String) -> String {
        document(title: "Not available now", body: "<p>\(escaped(reason))</p>")
    }

    /// A page as an answer: nothing of it runs, and nothing else is loaded.
    static func response(_ page: String, status: Int = 200) -> ServerResponse {
        ServerResponse(
            status: status,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store",
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
                "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
            ], body: .bytes(Array(page.utf8)))
    }

    private static func until(_ judgement: Judgement, isHold: Bool) -> String {
        if let until = judgement.decision.until {
            return "<p>\(escaped(until.rfc3339)), if nothing worse is found.</p>"
        }
        return isHold ? "<p>Until analysis or a person decides.</p>" : "<p>Until a person decides otherwise.</p>"
    }

    private static func instead(_ alternatives: [String]) -> String {
        guard !alternatives.isEmpty else { return "<p>No other version of this package is available now.</p>" }
        return "<p>Versions: \(alternatives.map { "<code>\(escaped($0))</code>" }.joined(separator: ", "))</p>"
    }

    private static func analyzers(_ judgement: Judgement) -> String {
        var rows = judgement.input.statements.filter { $0.source == .own }.map { verdict in
            "<tr><td>\(escaped(words(verdict.analyzer)))</td><td>\(escaped(verdict.verdict.rawValue))</td></tr>"
        }
        rows += judgement.opinions.map(foreign)
        rows += judgement.input.advisories.map { advisory in
            let score = advisory.cvssTenths.map { "rated \($0 / 10).\($0 % 10)" } ?? "not rated"
            return "<tr><td>advisory \(escaped(advisory.id))</td>"
                + "<td>\(advisory.isMalicious ? "malicious" : score)</td></tr>"
        }
        rows += judgement.decision.missing.map { analyzer in
            let failure = judgement.input.progress[analyzer]?.failureCause.map { "not possible: \(failureWords($0))" }
            return "<tr><td>\(escaped(words(analyzer)))</td><td>\(escaped(failure ?? "not finished"))</td></tr>"
        }
        guard !rows.isEmpty else { return "<p>It has not been analysed.</p>" }
        return "<table>\(rows.joined())</table>"
    }

    private static func found(_ findings: [FoundPlace]) -> String {
        guard !findings.isEmpty else { return "" }
        let items = findings.prefix(mostFindings).map { found in
            let place = found.path.map { path in found.line.map { "\(path):\($0)" } ?? path }
            return "<li>\(escaped(found.sentence))\(place.map { ": <code>\(escaped($0))</code>" } ?? "")</li>"
        }
        let rest = findings.count - items.count
        return "<ul>\(items.joined())\(rest > 0 ? "<li>and \(rest) more</li>" : "")</ul>"
    }

    /// What a word of the job queue means; other causes are words already.
    private static func failureWords(_ cause: String) -> String {
        switch JobFailure.Cause(rawValue: cause) {
        case .crash: "it crashed"
        case .time: "it took too long"
        case .memory: "it needed more memory than it may have"
        case .limit: "there is more in it than may be"
        case .garbage: "it gave no usable answer"
        case .lost: "the process that did it was lost"
        case nil: cause
        }
    }

    /// What another team's log says, and what that does here.
    private static func foreign(_ opinion: ForeignOpinion) -> String {
        let place = "\(escaped(opinion.foreign.origin)), log index \(opinion.foreign.logIndex)"
        let (what, said) =
            switch opinion.foreign.statement.ruling {
            case .verdict(let verdict): (words(verdict.analyzer.id), verdict.verdict.rawValue)
            case .disposition(let disposition): ("ruling of a person there", disposition.decision.rawValue)
            case .other: ("statement", "")
            }
        return
            "<tr><td>\(escaped(what)), by \(place)</td><td>\(escaped(said)) (\(effectWords(opinion.effect)))</td></tr>"
    }

    private static func effectWords(_ effect: ForeignEffect) -> String {
        switch effect {
        case .ignored: "ignored here"
        case .shown: "shown, decides nothing here"
        case .hold: "holds here"
        case .block: "counts here like our own"
        case .satisfy: "counts here as the required verdict"
        }
    }

    private static func words(_ analyzer: AnalyzerID) -> String {
        switch analyzer {
        case .advisory: "known advisories"
        case .static_: "examination of the files"
        case .diff: "comparison with the version before"
        case .aiReview: "review by a model"
        default: analyzer.text
        }
    }

    private static func section(_ title: String, _ content: String) -> String { "<h2>\(title)</h2>\(content)" }

    private static func document(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
        <meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><style>
        body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fff}
        h1,p,td,li{overflow-wrap:anywhere}
        .what{font-size:1.25rem}h2{font-size:1rem;margin:1.5rem 0 0}td{padding:.1rem 1.5rem .1rem 0;vertical-align:top}
        @media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}a{color:#8ab4f8}}
        \(ChangeSection.style)
        </style></head><body><h1>\(title)</h1>\(body)</body></html>

        """
    }

    /// Text as HTML content or attribute value.
    static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): result.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): result.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): result.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): result.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): result.append(contentsOf: "&#39;".utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
