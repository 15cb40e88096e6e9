import Registry
import Testing

@Suite("Steps between versions")
struct VersionStepTests {
    @Test(
        "the first number that differs is the step",
        arguments: [
            (Ecosystem.npm, "1.2.3", "1.2.4", VersionStep.patch), (.npm, "1.2.3", "1.3.0", .minor),
            (.npm, "1.2.3", "2.0.0", .major), (.npm, "0.2.3", "0.3.0", .minor), (.npm, "1.2.3-a", "1.2.3", .patch),
            (.npm, "1.2.3", "1.2.3+b", .patch), (.pypi, "1.2", "1.2.0.1", .patch), (.pypi, "1.2", "1.3", .minor),
            (.pypi, "1", "1.0.1", .patch), (.pypi, "2024.1", "2025.1", .major), (.pypi, "1.2", "1!1.2", .major),
            (.pypi, "1.2", "1.2.post1", .patch), (.pypi, "1.2rc1", "1.2", .patch),
        ])
    func steps(_ ecosystem: Ecosystem, _ base: String, _ new: String, _ step: VersionStep) throws {
        let before = try PackageVersion(parsing: base, ecosystem: ecosystem)
        let after = try PackageVersion(parsing: new, ecosystem: ecosystem)
        #expect(VersionStep(between: before, and: after) == step)
        #expect(VersionStep(between: after, and: before) == step)
    }

    @Test("versions of different ecosystems are far apart")
    func ecosystems() throws {
        let one = try PackageVersion(parsing: "1.2.3", ecosystem: .npm)
        let other = try PackageVersion(parsing: "1.2.3", ecosystem: .pypi)
        #expect(VersionStep(between: one, and: other) == .major)
        #expect(VersionStep.patch < .minor && .minor < .major)
    }
}
