/// The package world a name, version or artifact belongs to.
///
/// The raw value is the word used in configuration, purls (`pkg:npm/…`, `pkg:pypi/…`) and stored records; it never
/// changes.
public enum Ecosystem: String, Sendable, CaseIterable, Hashable, CustomStringConvertible {
    case npm
    case pypi

    public var description: String { rawValue }
}
