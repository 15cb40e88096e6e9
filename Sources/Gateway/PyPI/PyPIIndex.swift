import HTTP
import JSON
import Registry

/// `/simple/`: the names of all projects, from the upstream.
///
/// Names carry no decision: whoever follows one meets the filtered page. Addresses in the upstream's index are not passed
/// on; each project's is made anew, relative to the index.
enum PyPIIndex {
    static func respond(to incoming: RegistryRequest) async -> ServerResponse {
        let sources = incoming.services.topology.sources(of: incoming.registry)
        guard let source = sources.first(where: { !$0.isHosted }), let upstream = source.upstream else {
            return PlainAnswers.failure(404, "No upstream of the registry \(incoming.registry.name) lists projects")
        }
        let reading: DocumentReader.Reading
        do throws(SourceError) {
            reading = try await incoming.services.relay.document(
                at: upstream.url + "simple/", accept: "application/vnd.pypi.simple.v1+json, text/html; q=0.1",
                of: source.name, upstream)
        } catch {
            return PlainAnswers.sourceFailure(error, asking: "The project list of \(source.name)")
        }
        let isJSON = reading.document.mediaType.hasSuffix("json")
        let names = isJSON ? namesInJSON(reading.document.bytes) : namesInHTML(reading.document.bytes)
        guard let names else {
            return PlainAnswers.failure(502, "The project list of \(source.name) could not be read")
        }
        return answer(names, as: PyPIAdapter.representation(incoming.request.head))
    }

    private static func answer(_ names: [PackageName], as representation: Representation) -> ServerResponse {
        var body: [UInt8] = []
        if representation == PyPIListing.json {
            let projects = names.map { JSONValue.object(["name": .string($0.canonical)]) }
            body = JSONText.serialize(
                ["meta": ["api-version": "1.1"], "projects": .array(projects)])
        } else {
            body.append(contentsOf: "<!DOCTYPE html>\n<html><head><title>Simple index</title></head><body>\n".utf8)
            for name in names {
                body.append(contentsOf: "<a href=\"\(name.canonical)/\">\(name.canonical)</a><br>\n".utf8)
            }
            body.append(contentsOf: "</body></html>\n".utf8)
        }
        return ServerResponse(
            status: 200,
            headers: [
                "Content-Type": representation.contentType, "Cache-Control": "max-age=60", "Vary": "Accept",
            ], body: .bytes(body))
    }

    private static func namesInJSON(_ bytes: [UInt8]) -> [PackageName]? {
        guard let document = try? JSONText.parse(bytes, limits: JSONLimits(maxBytes: bytes.count)),
            let projects = document["projects"]?.arrayValue
        else { return nil }
        return projects.compactMap { project in
            project["name"]?.stringValue.flatMap { try? PackageName(parsing: $0, ecosystem: .pypi) }
        }
    }

    /// The texts of the anchors. A text that is no project name leads nowhere and is left out.
    private static func namesInHTML(_ bytes: [UInt8]) -> [PackageName]? {
        var names: [PackageName] = []
        let end = Array("</a>".utf8)
        var position = bytes.startIndex
        while let close = bytes[position...].firstRange(of: end) {
            let text = bytes[position..<close.lowerBound]
            if let start = text.lastIndex(of: UInt8(ascii: ">")) {
                let name = String(decoding: text[(start + 1)...].filter { $0 > 0x20 }, as: UTF8.self)
                if let parsed = try? PackageName(parsing: name, ecosystem: .pypi) { names.append(parsed) }
            }
            position = close.upperBound
        }
        return names
    }
}
