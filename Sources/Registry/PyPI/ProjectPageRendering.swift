internal import Cryptography
internal import JSON

extension ProjectPage {
    /// What is said of files that no plan refuses and that are never served all the same.
    static let unservableReason = "This gateway serves wheels, .tar.gz and .zip files only."

    /// The newest version of the API whose demands our documents meet.
    ///
    /// Since 1.1 every file must have a size; an index that gives none is passed on as 1.0.
    var apiVersion: String { files.allSatisfy { $0.artifact.sizeBytes != nil } ? "1.4" : "1.0" }

    /// How one file is shown: `.no` for a file that may be used.
    func yank(of file: ProjectFile, _ plan: ProjectPagePlan) -> ProjectFileDraft.Yank {
        if let refusal = plan.refused[file.artifact.filename] { return .yes(reason: refusal.reason) }
        if !file.artifact.kind.isServable { return .yes(reason: Self.unservableReason) }
        return file.artifact.isYanked ? .yes(reason: file.artifact.yankedReason) : .no
    }

    /// Whether the file's metadata may be shown: not for malicious files.
    func showsMetadata(of file: ProjectFile, _ plan: ProjectPagePlan) -> Bool {
        !(plan.refused[file.artifact.filename]?.isMalicious ?? false)
    }

    func shownStatus(_ plan: ProjectPagePlan) -> ProjectStatus? {
        plan.quarantineReason.map { ProjectStatus(status: "quarantined", reason: $0) } ?? status
    }

    /// The versions of PEP 700: the index's own list, else those of the files, ascending.
    private var versions: [String] {
        declaredVersions ?? Set(artifacts.map(\.version)).sorted().map(\.normalized)
    }

    /// The page as PEP 691 JSON: refused files stay, yanked with the reason, so that installers skip or explain them.
    public func renderedJSON(_ plan: ProjectPagePlan) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(files.reduce(1024) { $0 + $1.fixedJSON.count + 512 })
        var addressStart: [UInt8] = []
        JSONText.appendString(plan.fileBase, to: &addressStart)
        addressStart.removeLast()
        output.write("{\"meta\":{\"api-version\":\"\(apiVersion)\"")
        for member in otherMeta { output.write(member: member) }
        output.write("},\"name\":\"\(name.canonical)\",\"files\":[")
        for (place, file) in files.enumerated() {
            if place > 0 { output.write(",") }
            output.write("{")
            output.append(contentsOf: file.fixedJSON)
            output.write(",\"url\":")
            output.append(contentsOf: addressStart)
            output.append(contentsOf: file.addressPath)
            output.write("\"")
            writeMetadata(of: file, plan, to: &output)
            output.write(",\"yanked\":")
            switch yank(of: file, plan) {
            case .no: output.write("false")
            case .yes(let reason?): JSONText.appendString(reason, to: &output)
            case .yes(nil): output.write("true")
            }
            output.write("}")
        }
        output.write("],\"versions\":")
        output.append(contentsOf: JSONText.serialize(.array(versions.map { .string($0) })))
        if let status = shownStatus(plan) {
            var members: JSONObject = ["status": .string(status.status)]
            if let reason = status.reason { members.append("reason", .string(reason)) }
            output.write(",\"project-status\":")
            output.append(contentsOf: JSONText.serialize(.object(members)))
        }
        for member in otherMembers { output.write(member: member) }
        output.write("}")
        return output
    }

    /// Both names of PEP 714, as it asks of servers.
    private func writeMetadata(of file: ProjectFile, _ plan: ProjectPagePlan, to output: inout [UInt8]) {
        let value: String
        switch file.coreMetadata {
        case .unknown where showsMetadata(of: file, plan): return
        case .present(let digest?) where showsMetadata(of: file, plan): value = "{\"sha256\":\"\(digest.hex)\"}"
        case .present(nil) where showsMetadata(of: file, plan): value = "true"
        case .unknown, .absent, .present: value = "false"
        }
        output.write(",\"core-metadata\":\(value),\"dist-info-metadata\":\(value)")
    }

    /// The page as PEP 503 HTML with the same facts.
    public func renderedHTML(_ plan: ProjectPagePlan) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(1024 + files.count * 512)
        output.write("<!DOCTYPE html>\n<html>\n<head>\n")
        output.write("<meta name=\"pypi:repository-version\" content=\"\(apiVersion)\">\n")
        if let status = shownStatus(plan) {
            output.write("<meta name=\"pypi:project-status\" content=\"", escaped: status.status, "\">\n")
            if let reason = status.reason {
                output.write("<meta name=\"pypi:project-status-reason\" content=\"", escaped: reason, "\">\n")
            }
        }
        output.write("<title>Links for \(name.canonical)</title>\n</head>\n<body>\n")
        output.write("<h1>Links for \(name.canonical)</h1>\n")
        for file in files { writeAnchor(file, plan, to: &output) }
        output.write("</body>\n</html>\n")
        return output
    }

    private func writeAnchor(_ file: ProjectFile, _ plan: ProjectPagePlan, to output: inout [UInt8]) {
        output.write("<a href=\"", escaped: plan.fileBase, "")
        output.append(contentsOf: file.addressPath)
        output.write("#sha256=\(file.sha256.hex)\"")
        if let requirement = file.requiresPython {
            output.write(" data-requires-python=\"", escaped: requirement, "\"")
        }
        if case .present(let digest) = file.coreMetadata, showsMetadata(of: file, plan) {
            let value = digest.map { "sha256=\($0.hex)" } ?? "true"
            output.write(" data-core-metadata=\"\(value)\" data-dist-info-metadata=\"\(value)\"")
        }
        if let provenance = file.provenance { output.write(" data-provenance=\"", escaped: provenance, "\"") }
        if let time = file.uploadTime { output.write(" data-upload-time=\"", escaped: time, "\"") }
        if case .yes(let reason) = yank(of: file, plan) {
            output.write(" data-yanked=\"", escaped: reason ?? "", "\"")
        }
        output.write(">\(file.artifact.filename)</a><br>\n")
    }
}

extension [UInt8] {
    /// Appends `,` and a member in its own bytes.
    fileprivate mutating func write(member: [UInt8]) {
        append(UInt8(ascii: ","))
        append(contentsOf: member)
    }

    fileprivate mutating func write(_ before: String, escaped text: String, _ after: String) {
        write(before)
        HTMLEntities.append(text, to: &self)
        write(after)
    }
}
