import JSON
import Platform
import Registry
import Screening

/// What is watched, as `warm list` and `warm run` show it.
enum WarmTable {
    static func listing(_ packages: [JSONValue], now: Timestamp) -> Listing {
        var listing = Listing(
            columns: [
                .init("PACKAGE"), .init("WHY"), .init("WANTED"), .init("ANALYSED"), .init("PENDING"), .init("HELD"),
                .init("BLOCKED"), .init("LOOKED"), .init("PROBLEM"),
                .init("REGISTRY", wide: true), .init("KNOWN", wide: true), .init("VERSIONS", wide: true),
                .init("NEXT", wide: true),
            ], emptyNote: "nothing is watched; jurat warm add names packages")
        for package in packages {
            listing.rows.append(
                (
                    [
                        package.text("purl"), why(package), number(package["wanted"]), number(package["analyzed"]),
                        number(package["pending"]), held(package), number(package["blocked"]),
                        age(package["lookedAt"], now), package["problem"]?.stringValue ?? "",
                        package["registry"]?.stringValue ?? "", number(package["known"]), versions(package),
                        package["nextAt"]?.stringValue ?? "–",
                    ], package
                ))
        }
        return listing
    }

    /// `newest`, `web/package-lock.json (1.2.3 and newer)`.
    private static func why(_ package: JSONValue) -> String {
        let reasons = (package["watched"]?.arrayValue ?? []).map { reason -> String in
            let count = reason["versions"]?.integerValue.map { ", \($0) versions" } ?? ""
            let wish = reason.text("wish") + count
            return reason["name"]?.stringValue.map { "\($0) (\(wish))" } ?? wish
        }
        return reasons.joined(separator: "; ")
    }

    private static func number(_ value: JSONValue?) -> String { value?.integerValue.map { "\($0)" } ?? "–" }

    /// How many are held, and how many of them only because they are young.
    private static func held(_ package: JSONValue) -> String {
        guard let held = package["held"]?.integerValue else { return "–" }
        let young = package["cooldown"]?.integerValue ?? 0
        return young == 0 ? "\(held)" : "\(held) (\(young) young)"
    }

    private static func versions(_ package: JSONValue) -> String {
        (package["versions"]?.arrayValue ?? []).map { "\($0.text("version")) \($0.text("standing"))" }
            .joined(separator: ", ")
    }

    private static func age(_ value: JSONValue?, _ now: Timestamp) -> String {
        guard let text = value?.stringValue, let moment = try? Timestamp(parsing: text) else { return "–" }
        return DurationText.short(seconds: moment.distance(to: now).components.seconds)
    }

    /// Versions that are held or blocked, with why: `pkg:npm/x@1.2.3 HELD_REVIEW`.
    static func refused(_ packages: [JSONValue]) -> [String] {
        packages.flatMap { package -> [String] in
            (package["versions"]?.arrayValue ?? []).compactMap { version in
                guard ["held", "cooldown", "blocked"].contains(version.text("standing")) else { return nil }
                let until = version["until"]?.stringValue.map { " until \($0)" } ?? ""
                return "\(package.text("purl"))@\(version.text("version")) \(version.text("code"))\(until)"
            }
        }
    }
}
