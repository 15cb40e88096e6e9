import JSON

extension OSVReader {
    /// The packages a record is about; nil when the list or anything in it has another shape.
    mutating func affectedPackages() throws(JSONError) -> [OSVAffected]? {
        guard try enterList() else { return [] }
        var list: [OSVAffected]? = []
        while try scanner.nextElement() {
            if let affected = try affectedPackage() { list?.append(affected) } else { list = nil }
        }
        return list
    }

    private mutating func affectedPackage() throws(JSONError) -> OSVAffected? {
        guard try scanner.peekKind() == .object else { return nil }
        var affected = OSVAffected()
        var isUsable = true
        var counts = (package: 0, ranges: 0, versions: 0)
        try scanner.enterObject()
        while let name = try scanner.nextMember() {
            if scanner.matches(name, "package") {
                counts.package += 1
                isUsable = try readPackage(into: &affected) && isUsable
            } else if scanner.matches(name, "ranges") {
                counts.ranges += 1
                if let ranges = try ranges() { affected.ranges = ranges } else { isUsable = false }
            } else if scanner.matches(name, "versions") {
                counts.versions += 1
                if let versions = try strings() { affected.versions = versions } else { isUsable = false }
            } else if scanner.matches(name, "severity") {
                affected.severities = try severities()
            }
        }
        isUsable = isUsable && counts.package <= 1 && counts.ranges <= 1 && counts.versions <= 1
        return isUsable ? affected : nil
    }

    private mutating func readPackage(into affected: inout OSVAffected) throws(JSONError) -> Bool {
        guard try scanner.peekKind() == .object else { return false }
        var counts = (ecosystem: 0, name: 0)
        try scanner.enterObject()
        while let name = try scanner.nextMember() {
            if scanner.matches(name, "ecosystem") {
                affected.ecosystem = try string() ?? ""
                counts.ecosystem += 1
            } else if scanner.matches(name, "name") {
                affected.name = try string() ?? ""
                counts.name += 1
            }
        }
        return counts == (1, 1)
    }

    private mutating func ranges() throws(JSONError) -> [OSVRange]? {
        guard try enterList() else { return [] }
        var list: [OSVRange]? = []
        while try scanner.nextElement() {
            guard try scanner.peekKind() == .object else {
                list = nil
                continue
            }
            var range = OSVRange()
            var isUsable = true
            try scanner.enterObject()
            while let name = try scanner.nextMember() {
                if scanner.matches(name, "type") {
                    isUsable = isUsable && range.type.isEmpty
                    range.type = try string() ?? ""
                } else if scanner.matches(name, "events") {
                    isUsable = isUsable && range.events.isEmpty
                    if let events = try events() { range.events = events } else { isUsable = false }
                }
            }
            if isUsable { list?.append(range) } else { list = nil }
        }
        return list
    }

    private mutating func events() throws(JSONError) -> [OSVEvent]? {
        guard try enterList() else { return [] }
        var list: [OSVEvent]? = []
        while try scanner.nextElement() {
            guard try scanner.peekKind() == .object else {
                list = nil
                continue
            }
            try scanner.enterObject()
            while let name = try scanner.nextMember() {
                guard let kind = kind(of: name) else { continue }
                if let version = try string() {
                    list?.append(OSVEvent(kind: kind, version: version))
                } else {
                    list = nil
                }
            }
        }
        return list
    }

    private func kind(of name: JSONStringToken) -> RangeEventKind? {
        if scanner.matches(name, "introduced") { return .introduced }
        if scanner.matches(name, "fixed") { return .fixed }
        if scanner.matches(name, "last_affected") { return .lastAffected }
        return scanner.matches(name, "limit") ? .limit : nil
    }
}
