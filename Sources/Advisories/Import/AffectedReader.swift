import Registry

/// Turns a record's words into versions, and says what could not be turned.
struct AffectedReader {
    let ecosystem: Ecosystem
    /// What could not be placed, in words.
    private(set) var unreadable: [String] = []

    init(_ ecosystem: Ecosystem) {
        self.ecosystem = ecosystem
    }

    /// The range that every version is in.
    static let everyVersion = [PendingEvent(kind: .introduced, version: nil)]

    /// Versions that the ecosystem cannot name cannot be asked for either; leaving them out changes no answer.
    func versions(_ texts: [String]) -> [PackageVersion] {
        texts.compactMap(version)
    }

    /// Reads a version; authors of records about npm write the marks that npm itself passes over before one.
    ///
    /// Spec: node-semver, `LOOSE`: any of `v`, `=` and white space.
    private func version(_ text: String) -> PackageVersion? {
        if let version = try? PackageVersion(parsing: text, ecosystem: ecosystem) { return version }
        guard ecosystem == .npm else { return nil }
        let bare = text.drop { $0 == "v" || $0 == "=" || $0 == " " || $0 == "\t" }
        return bare.count == text.count ? nil : try? PackageVersion(parsing: String(bare), ecosystem: .npm)
    }

    /// The ranges about versions; what cannot be placed is remembered.
    ///
    /// A range with a boundary that cannot be read is left out, unless the record says that the package is malicious:
    /// then it counts for every version, because a hostile package must not pass for the sake of a misspelt boundary.
    mutating func ranges(_ affected: OSVAffected, isMalicious: Bool) -> [[PendingEvent]] {
        var readable: [[PendingEvent]] = []
        for range in affected.ranges where range.isAboutVersions && !range.events.isEmpty {
            if let events = events(range) {
                let isEmpty = isMalicious && !events.contains { $0.kind == .introduced }
                if isEmpty { unreadable.append("a range without a beginning") }
                readable.append(isEmpty ? Self.everyVersion : Self.sorted(events))
            } else if isMalicious {
                readable.append(Self.everyVersion)
            }
        }
        return readable
    }

    private mutating func events(_ range: OSVRange) -> [PendingEvent]? {
        var events: [PendingEvent] = []
        // A limit without bound lifts all others.
        let isUnlimited = range.events.contains { $0.kind == .limit && $0.version == "*" }
        var isReadable = true
        for event in range.events where !(event.kind == .limit && isUnlimited) {
            if event.kind == .introduced && event.version == "0" {
                events.append(PendingEvent(kind: event.kind, version: nil))
            } else if let version = boundary(event.version) {
                events.append(PendingEvent(kind: event.kind, version: version))
            } else {
                unreadable.append("the unreadable boundary \"\(event.version)\" in a range")
                isReadable = false
            }
        }
        return isReadable ? events : nil
    }

    /// Reads a boundary; records about npm sometimes leave out the minor or patch number.
    private func boundary(_ text: String) -> PackageVersion? {
        if let version = version(text) { return version }
        guard ecosystem == .npm, !text.isEmpty, text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) })
        else {
            return nil
        }
        return [text + ".0", text + ".0.0"].lazy.compactMap { try? PackageVersion(parsing: $0, ecosystem: .npm) }.first
    }

    /// Limits first, then ascending; events at one version keep the order their author gave them.
    private static func sorted(_ events: [PendingEvent]) -> [PendingEvent] {
        if events.count == 1 { return events }
        return events.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if (one.kind == .limit) != (other.kind == .limit) { return one.kind == .limit }
            switch (one.version, other.version) {
            case (nil, nil): return left.offset < right.offset
            case (nil, .some): return true
            case (.some, nil): return false
            case (let first?, let second?):
                return first == second ? left.offset < right.offset : first < second
            }
        }.map(\.element)
    }
}
