/// Files by which an environment of Python is used, which no package brings.
///
/// Spec: PEP 405 (pyvenv.cfg), pip's documentation of its configuration files ("Site").
enum PlacedFiles {
    /// Whether a command switches an environment on.
    static func isEnvironmentCommand(_ name: ArraySlice<UInt8>) -> Bool {
        let stem = Array(name.prefix { $0 != UInt8(ascii: ".") }).lowercasedASCII()
        return stem.equals("activate") || stem.equals("deactivate")
    }

    /// Whether a file at the top of an environment decides how Python or pip run there.
    static func isEnvironmentSetting(_ name: ArraySlice<UInt8>) -> Bool {
        ["pip.conf", "pip.ini", "pyvenv.cfg", "uv.toml", ".npmrc"].contains { name.equals($0) }
    }
}
