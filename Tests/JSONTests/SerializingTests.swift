import JSON
import TestSupport
import Testing

@Suite("JSON text is written minimally")
struct SerializingTests {
    @Test("members keep their order and strings their fewest escapes")
    func compact() {
        let value: JSONValue = [
            "z": 1, "a": ["\u{0}\u{8}\t\n\u{C}\r\u{1F}\"\\/\u{7F}é😀", .number("1.50")], "e": [:], "f": [], "n": nil,
            "b": false,
        ]
        #expect(
            JSONText.string(value)
                == #"{"z":1,"a":["\u0000\b\t\n\f\r\u001f\"\\/"# + "\u{7F}"
                + #"é😀",1.50],"e":{},"f":[],"n":null,"b":false}"#)
    }

    @Test("pretty output puts one entry on a line")
    func pretty() {
        let value: JSONValue = ["a": [1, ["b": true]], "c": [:], "d": []]
        #expect(
            JSONText.string(value, pretty: true) == """
                {
                  "a": [
                    1,
                    {
                      "b": true
                    }
                  ],
                  "c": {},
                  "d": []
                }
                """)
    }

    @Test("objects replace in place, remove, and find names among many")
    func objects() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        #expect(object == ["a": 3, "c": 4])
        for number in 0..<100 {
            object.set("k\(number)", .integer(Int64(number)))
        }
        object.set("k50", "x")
        object.remove("k49")
        #expect(object["k50"] == "x" && object["k49"] == nil && object["k99"] == 99 && object.count == 101)
    }

    @Test("every random value survives writing and reading", arguments: [1, 2, 3, 4, 5] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<200 {
            let value = randomValue(&random, depth: 0)
            for pretty in [false, true] {
                let read = try JSONText.parse(
                    JSONText.serialize(value, pretty: pretty), limits: JSONLimits(duplicates: .keepAll))
                #expect(read == value, "seed \(seed), round \(round)")
            }
        }
    }
}

/// A random value; names come from a small set, so that members meet each other.
func randomValue(_ random: inout SeededRandom, depth: Int, canonical: Bool = false) -> JSONValue {
    switch Int.random(in: depth > 4 ? 3...7 : 0...7, using: &random) {
    case 0, 1:
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            object.set(randomString(&random), randomValue(&random, depth: depth + 1, canonical: canonical))
        }
        return .object(object)
    case 2:
        return .array(
            (0..<Int.random(in: 0...5, using: &random)).map { _ in
                randomValue(&random, depth: depth + 1, canonical: canonical)
            })
    case 3: return .bool(Bool.random(using: &random))
    case 4: return canonical ? .bool(true) : .null
    case 5:
        let limit = CanonicalJSON.maxInteger
        return .integer(Int64.random(in: canonical ? -limit...limit : .min ... .max, using: &random))
    default: return .string(randomString(&random))
    }
}

func randomString(_ random: inout SeededRandom) -> String {
    var text = String.UnicodeScalarView()
    let pool: [Unicode.Scalar] = [
        "a", "b", "\"", "\\", "/", "\u{0}", "\u{1F}", "\n", "é", "\u{301}", "€", "😀", "\u{FFFF}",
    ]
    for _ in 0..<Int.random(in: 0...20, using: &random) {
        text.append(pool[Int.random(in: 0..<pool.count, using: &random)])
    }
    return String(text)
}
