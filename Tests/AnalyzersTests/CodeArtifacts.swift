import TestSupport

@testable import Analyzers

/// A tarball whose entry point is `code`.
func npmCode(_ code: String, at path: String = "index.js", _ extra: (inout TarBuilder) -> Void = { _ in }) throws
    -> Artifact
{
    try npmTarball { tar in
        tar.addFile("package/\(path)", code)
        extra(&tar)
    }
}

/// A tarball that runs `code` at installation.
func npmInstall(_ code: String, _ extra: (inout TarBuilder) -> Void = { _ in }) throws -> Artifact {
    let manifest = #"{"name":"acme-box","version":"1.2.3","scripts":{"postinstall":"node setup.js"}}"#
    return try npmTarball(manifest: manifest) { tar in
        tar.addFile("package/setup.js", code)
        extra(&tar)
    }
}

/// A wheel with the module `acme_box.a`.
func wheelCode(_ code: String, at path: String = "acme_box/a.py", _ extra: (inout WheelBuilder) -> Void = { _ in })
    throws -> Artifact
{
    var wheel = WheelBuilder()
    wheel.add(path, code)
    extra(&wheel)
    return try wheel.artifact()
}

/// An sdist with a setup.py of its own.
func sdistSetup(_ code: String, _ extra: (inout TarBuilder) -> Void = { _ in }) throws -> Artifact {
    try sdist(setup: code, extra)
}
