public import Registry

extension Ecosystem {
    /// How records spell the ecosystem.
    ///
    /// Spec: Open Source Vulnerability format, "Defined Ecosystems".
    public var nameInRecords: String {
        switch self {
        case .npm: "npm"
        case .pypi: "PyPI"
        }
    }

    /// Nil for the names of ecosystems that are not screened here, and for other spellings.
    public init?(nameInRecords name: String) {
        guard let ecosystem = Ecosystem.allCases.first(where: { $0.nameInRecords == name }) else { return nil }
        self = ecosystem
    }
}
