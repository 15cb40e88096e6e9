import Registry
import Testing

@Suite("Distribution file names")
struct DistributionFilenameTests {
    private func parse(_ filename: String, _ project: String) throws -> DistributionFilename? {
        DistributionFilename(parsing: filename, project: try PackageName(parsing: project, ecosystem: .pypi))
    }

    @Test(
        "name, version and kind are told apart",
        arguments: [
            ("demo-1.0-py3-none-any.whl", "demo", "1.0", ArtifactKind.wheel),
            (
                "Demo_Pkg-1.0+cu118-1abc-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "demo-pkg",
                "1.0+cu118", .wheel
            ),
            ("demo-1!2.0-py2.py3-none-any.whl", "demo", "1!2.0", .wheel),
            ("demo-1.0.tar.gz", "demo", "1.0", .sourceTarball),
            ("demo-pkg-1.0.tar.gz", "demo-pkg", "1.0", .sourceTarball),
            ("demo.pkg-1.0-1.zip", "demo-pkg", "1.0-1", .sourceZip),
            ("demo-2-1.0.tgz", "demo-2", "1.0", .sourceTarball), ("demo-1-1.zip", "demo", "1-1", .sourceZip),
            ("demo-1-1.zip", "demo-1", "1", .sourceZip), ("demo-1.0.tar.bz2", "demo", "1.0", .other),
            ("demo-1.0.TAR.GZ", "demo", "1.0", .other), ("demo-1.0-py2.7.egg", "demo", "1.0", .other),
            ("demo-0.6c10-1.src.rpm", "demo", "0.6c10-1", .other), ("demo-1.0.win32-py2.7.exe", "demo", "1.0", .other),
            ("demo-1.0.macosx-10.9-x86_64.tar.gz", "demo", "", .sourceTarball),
        ])
    func parsed(filename: String, project: String, version: String, kind: ArtifactKind) throws {
        let parsed = try parse(filename, project)
        #expect(parsed?.versionText == (version.isEmpty ? nil : version))
        if !version.isEmpty { #expect(parsed?.kind == kind) }
    }

    @Test(
        "a name that is not the project's or not safe is nobody's",
        arguments: [
            "other-1.0.tar.gz", "demo.tar.gz", "demo-.tar.gz", "demo-x.tar.gz", "demo1.0.tar.gz", "demo-1.0",
            "demo-1.0.txt",
            "demo-1.0-py3-none.whl", "demo-1.0-x-py3-none-any.whl", "demo-1.0--none-any.whl",
            "demo-1.0-1-py3-none-any-x.whl",
            "demo-1.0-py3-none-any.WHL", "demo-pkg-1.0-py3-none-any.whl", "../demo-1.0.zip", "demo-1.0/x.zip",
            "demo-1.0%2b.zip",
            "demo-1.0 .zip", "demo-1.0\u{0}.zip", "d\u{E9}mo-1.0.zip", ".demo-1.0.zip", "-demo-1.0.zip", "",
            "demo-1.0.zip.metadata",
            "demo-1.0\".zip", "demo-1.0<.zip",
        ])
    func refused(filename: String) throws {
        #expect(try parse(filename, "demo") == nil)
    }
}
