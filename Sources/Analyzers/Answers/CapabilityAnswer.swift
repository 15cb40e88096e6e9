import JSON

/// The part of an answer that says what the artifact can do.
enum CapabilityAnswer {
    static func encode(_ use: CapabilityUse) -> JSONValue {
        let places = use.places.map { place -> JSONValue in
            var members: JSONObject = [:]
            if let line = place.line { members.append("line", .integer(Int64(line))) }
            members.append("path", .string(place.path))
            return .object(members)
        }
        return [
            "count": .integer(Int64(use.count)), "places": .array(places), "reach": .string(use.reach.rawValue),
            "word": .string(use.word),
        ]
    }

    /// The capabilities of an answer: words of the vocabulary, each once and in order.
    static func decode(_ values: [JSONValue]) throws(AnswerFault) -> [CapabilityUse] {
        var uses: [CapabilityUse] = []
        for value in values {
            let use = try decode(value)
            if let last = uses.last, last.word >= use.word { throw .badCapability }
            uses.append(use)
        }
        return uses
    }

    private static func decode(_ value: JSONValue) throws(AnswerFault) -> CapabilityUse {
        guard let object = value.objectValue else { throw .missingMember("capabilities[]") }
        try AnalysisAnswer.check(object, has: ["count", "places", "reach", "word"])
        guard let word = object["word"]?.stringValue, let capability = Capability(rawValue: word) else {
            throw .badCapability
        }
        guard let text = object["reach"]?.stringValue, let reach = Reach(rawValue: text) else { throw .badCapability }
        guard let count = object["count"]?.integerValue else { throw .missingMember("count") }
        guard (1...AnalysisAnswer.maxNumber).contains(count) else { throw .badNumber }
        guard let list = object["places"]?.arrayValue, list.count <= CapabilityUse.maxPlaces else {
            throw .missingMember("places")
        }
        var places: [CapabilityUse.Place] = []
        for value in list { places.append(try place(value)) }
        return CapabilityUse(capability, reach: reach, count: Int(count), places: places)
    }

    private static func place(_ value: JSONValue) throws(AnswerFault) -> CapabilityUse.Place {
        guard let object = value.objectValue else { throw .missingMember("places[]") }
        try AnalysisAnswer.check(object, has: ["line", "path"])
        guard let path = object["path"]?.stringValue, AnalysisAnswer.isFindingPath(path) else { throw .badPath }
        guard let value = object["line"] else { return CapabilityUse.Place(path: path, line: nil) }
        guard let line = value.integerValue, (1...AnalysisAnswer.maxNumber).contains(line) else { throw .badNumber }
        return CapabilityUse.Place(path: path, line: Int(line))
    }
}
