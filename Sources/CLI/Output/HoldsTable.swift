import JSON
import Platform

/// What is held, as `holds list` and `holds watch` show it.
enum HoldsTable {
    static func listing(_ holds: [JSONValue], now: Timestamp) -> Listing {
        var listing = Listing(
            columns: [
                .init("ID"), .init("AGE"), .init("WAITING"), .init("PACKAGE"), .init("CODE"), .init("WHY"),
                .init("UNTIL"),
                .init("REGISTRY", wide: true), .init("FILE", wide: true),
            ], emptyNote: "nothing is held")
        for hold in holds {
            let ci = hold["ci"]?.integerValue ?? 0
            listing.rows.append(
                (
                    [
                        hold.text("id"), age(hold.text("firstSeen"), now),
                        hold.text("waiting") + (ci > 0 ? " (\(ci)ci)" : ""), hold.text("purl"), hold.text("code"),
                        why(hold), hold["until"]?.stringValue ?? "–", hold.text("registry"),
                        hold.text("filename"),
                    ], hold
                ))
        }
        return listing
    }

    /// The gravest finding in words with its place; without findings, what the server says.
    static func why(_ hold: JSONValue) -> String {
        guard let value = hold["finding"], value.objectValue != nil else { return hold.text("why") }
        let finding = ShownFinding(reading: value)
        let more = (hold["findings"]?.integerValue ?? 1) - 1
        return "\(finding.rule): \(finding.message)" + (finding.place.isEmpty ? "" : ", \(finding.place)")
            + (more > 0 ? ", and \(more) more" : "")
    }

    private static func age(_ since: String, _ now: Timestamp) -> String {
        guard let start = try? Timestamp(parsing: since) else { return "–" }
        return DurationText.short(seconds: start.distance(to: now).components.seconds)
    }
}

/// What is another between two looks at the list.
struct HoldChange: Sendable, Equatable {
    enum Kind: String, Sendable {
        case held
        /// Still held, for another cause or until another time.
        case changed
        case released
    }

    let kind: Kind
    let hold: JSONValue

    /// What became of `old`: what is gone first, in its old order, then what is new or otherwise, in the new one.
    static func between(_ old: [JSONValue], _ new: [JSONValue]) -> [HoldChange] {
        let ids = Set(new.map { $0.text("id") })
        var changes = old.filter { !ids.contains($0.text("id")) }.map { HoldChange(kind: .released, hold: $0) }
        for hold in new {
            guard let earlier = old.first(where: { $0.text("id") == hold.text("id") }) else {
                changes.append(HoldChange(kind: .held, hold: hold))
                continue
            }
            // How many wait, and since when, changes with every request.
            let isSame = ["code", "decision", "why", "until"].allSatisfy { earlier[$0] == hold[$0] }
            if !isSame { changes.append(HoldChange(kind: .changed, hold: hold)) }
        }
        return changes
    }

    func line(at moment: Timestamp) -> String {
        let end = hold["until"]?.stringValue.map { " until \($0)" } ?? ""
        let cause = kind == .released ? "" : " \(hold.text("code")) \(HoldsTable.why(hold))\(end)"
        return "\(moment.rfc3339) \(kind.rawValue) \(hold.text("id")) \(hold.text("purl"))\(cause)"
    }

    func record(at moment: Timestamp) -> JSONValue {
        ["at": .string(moment.rfc3339), "change": .string(kind.rawValue), "hold": hold]
    }
}
