import Cryptography
import JSON
import Platform

/// An npm package whose documents a scripted upstream serves. Tarballs are arbitrary bytes: the gateway opens none.
struct NPMFixture {
    struct Version {
        var number: String
        var published: Timestamp?
        var bytes: [UInt8]
        /// What the listing claims; by default the truth.
        var integrity: String?
        var scripts: JSONObject = [:]
    }

    static let base = "https://npm.example.invalid/"

    let name: String
    var versions: [Version] = []
    var tags: [(String, String)] = []

    init(_ name: String) {
        self.name = name
    }

    /// The same package with one more version, published long ago unless said otherwise, `latest` pointing to it.
    func with(
        _ number: String, published: Timestamp? = Timestamp(secondsSinceEpoch: 1_600_000_000),
        claiming integrity: String? = nil, contents: String? = nil
    ) -> NPMFixture {
        var copy = self
        let bytes = Array((contents ?? "tarball of \(name) \(number)").utf8)
        copy.versions.append(Version(number: number, published: published, bytes: bytes, integrity: integrity))
        copy.tags = [("latest", number)]
        return copy
    }

    var listingURL: String { Self.base + name.replacing("/", with: "%2f") }

    func tarballURL(_ number: String) -> String { "\(Self.base)\(name)/-/\(filename(number))" }

    func filename(_ number: String) -> String { "\(name.split(separator: "/").last ?? "")-\(number).tgz" }

    /// Where our gateway has it.
    func path(_ number: String) -> String { "/\(name)/-/\(filename(number))" }

    func sha512(_ number: String) -> SHA512Digest {
        SHA512Digest(hashing: versions.first { $0.number == number }?.bytes ?? [])
    }

    var packument: [UInt8] {
        var listed: JSONObject = [:]
        var times: JSONObject = ["created": "2019-01-01T00:00:00.000Z"]
        for version in versions {
            let truth = "sha512-\(SHA512Digest(hashing: version.bytes).base64)"
            let dist: JSONObject = [
                "tarball": .string(tarballURL(version.number)), "integrity": .string(version.integrity ?? truth),
            ]
            listed.append(
                version.number,
                ["name": .string(name), "version": .string(version.number), "dist": .object(dist)])
            if let published = version.published { times.append(version.number, .string(published.rfc3339)) }
        }
        return JSONText.serialize([
            "name": .string(name), "dist-tags": .object(JSONObject(tags.map { ($0.0, .string($0.1)) })),
            "versions": .object(listed), "time": .object(times),
        ])
    }

    /// Puts the listing and every tarball at their addresses.
    func publish(on upstream: ScriptedUpstream) {
        upstream.put(packument, at: listingURL)
        for version in versions {
            upstream.put(version.bytes, at: tarballURL(version.number), contentType: "application/octet-stream")
        }
    }
}

/// A Python project of wheels, served as PEP 691 JSON or as HTML with the JSON document beside it.
struct PyPIFixture {
    struct File {
        var version: String
        var uploaded: Timestamp
        var bytes: [UInt8]
        var metadata: [UInt8]
    }

    static let base = "https://pypi.example.invalid/"

    let name: String
    var files: [File] = []

    init(_ name: String) {
        self.name = name
    }

    func with(
        _ version: String, uploaded: Timestamp = Timestamp(secondsSinceEpoch: 1_600_000_000)
    ) -> PyPIFixture {
        var copy = self
        copy.files.append(
            File(
                version: version, uploaded: uploaded, bytes: Array("wheel of \(name) \(version)".utf8),
                metadata: Array("Metadata-Version: 2.1\nName: \(name)\nVersion: \(version)\n".utf8)))
        return copy
    }

    func filename(_ version: String) -> String { "\(name.replacing("-", with: "_"))-\(version)-py3-none-any.whl" }

    func url(_ version: String) -> String { "https://files.example.invalid/\(filename(version))" }

    func file(_ version: String) -> File? { files.first { $0.version == version } }

    /// Where our gateway has it.
    func path(_ version: String) -> String {
        "/~pypi/files/\(name)/\(SHA256Digest(hashing: file(version)?.bytes ?? []).hex)/\(filename(version))"
    }

    var page: [UInt8] {
        let listed = files.map { file -> JSONValue in
            [
                "filename": .string(filename(file.version)), "url": .string(url(file.version)),
                "hashes": ["sha256": .string(SHA256Digest(hashing: file.bytes).hex)],
                "size": .integer(Int64(file.bytes.count)), "upload-time": .string(file.uploaded.rfc3339),
                "core-metadata": ["sha256": .string(SHA256Digest(hashing: file.metadata).hex)], "yanked": false,
            ]
        }
        return JSONText.serialize([
            "meta": ["api-version": "1.1"], "name": .string(name), "files": .array(listed),
            "versions": .array(files.map { .string($0.version) }),
        ])
    }

    var html: [UInt8] {
        let anchors = files.map { file in
            "<a href=\"\(url(file.version))#sha256=\(SHA256Digest(hashing: file.bytes).hex)\">\(filename(file.version))</a>"
        }
        return Array("<!DOCTYPE html><html><body>\(anchors.joined(separator: "<br>\n"))</body></html>".utf8)
    }

    var projectDocument: [UInt8] {
        let entries = files.map { file -> JSONValue in
            [
                "filename": .string(filename(file.version)), "url": .string(url(file.version)),
                "digests": ["sha256": .string(SHA256Digest(hashing: file.bytes).hex)],
                "size": .integer(Int64(file.bytes.count)), "yanked": false, "yanked_reason": .null,
                "upload_time_iso_8601": .string(file.uploaded.rfc3339), "packagetype": "bdist_wheel",
            ]
        }
        let last = files.last?.version ?? ""
        var releases: JSONObject = [:]
        for (file, entry) in zip(files, entries) { releases.append(file.version, [entry]) }
        return JSONText.serialize([
            "info": ["name": .string(name), "version": .string(last), "yanked": false, "yanked_reason": .null],
            "releases": .object(releases), "urls": .array(entries.last.map { [$0] } ?? []),
        ])
    }

    var pageURL: String { "\(Self.base)simple/\(name)/" }
    var projectDocumentURL: String { "\(Self.base)pypi/\(name)/json" }

    func publish(on upstream: ScriptedUpstream, asHTML: Bool = false) {
        if asHTML {
            upstream.put(html, at: pageURL, contentType: "text/html; charset=utf-8")
        } else {
            upstream.put(page, at: pageURL, contentType: "application/vnd.pypi.simple.v1+json")
        }
        upstream.put(projectDocument, at: projectDocumentURL)
        for file in files {
            upstream.put(file.bytes, at: url(file.version), contentType: "application/octet-stream")
            upstream.put(file.metadata, at: url(file.version) + ".metadata", contentType: "text/plain")
        }
    }
}
