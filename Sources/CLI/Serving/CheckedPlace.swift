import Configuration
import Platform
import VerdictStore

/// The folders that a command works in without a server: the configured ones, or the usual ones where the configuration
/// cannot be used. Checking and recovery must not depend on a good configuration.
struct CheckedPlace: Sendable {
    let data: DataDirectory
    let cachePath: String?
    let passphrasePath: String?

    init(_ invocation: Invocation) throws(CommandFailure) {
        do {
            let deployment = try Deployment(invocation)
            data = deployment.data
            cachePath = deployment.configuration.cachePath
            passphrasePath = deployment.passphrasePath
        } catch {
            guard Files.exists("data"), invocation.value("config") == nil else { throw error }
            invocation.surroundings.console.note(
                "jurat: \(error.message)\njurat: looking at ./data and ./cache instead")
            data = DataDirectory(path: "data")
            cachePath = Files.exists("cache") ? "cache" : nil
            passphrasePath = invocation.value(PassphraseOption.name)
        }
    }
}
