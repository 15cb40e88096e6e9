import Platform

/// The configuration in force; replaced whole by a reload.
final class Settings: Sendable {
    private let value: Lock<GatewayConfiguration>

    init(_ configuration: GatewayConfiguration) {
        value = Lock(configuration)
    }

    var current: GatewayConfiguration { value.withLock { $0 } }

    func replace(with configuration: GatewayConfiguration) {
        value.withLock { $0 = configuration }
    }
}
