import Analyzers
import Configuration
import JSON
import Platform
import Registry
import VerdictStore

/// What the doctor looks at on disk and on the network card.
enum DeploymentChecks {
    private static let leastBytes: Int64 = 256 << 20
    private static let comfortableBytes: Int64 = 2 << 30

    static func configuration(_ invocation: Invocation) -> (ServiceConfiguration?, [DoctorCheck]) {
        let file = ConfigurationFile(
            path: invocation.configurationPath, environment: invocation.surroundings.environment)
        do throws(CommandFailure) {
            switch try file.check() {
            case .success(let configuration):
                let count = configuration.topology.definitions.count
                return (configuration, [DoctorCheck("configuration", .ok, "\(file.path), \(count) registries")])
            case .failure(let problems):
                let checks = problems.problems.map {
                    DoctorCheck(
                        "configuration", .fail, "\(file.path): \($0)", advice: "correct it, then jurat config check")
                }
                return (nil, checks)
            }
        } catch {
            return (nil, [DoctorCheck("configuration", .fail, error.message, advice: "name it with --config FILE")])
        }
    }

    /// Data folder and cache: there, ours, and nobody else's to read.
    static func folders(_ configuration: ServiceConfiguration, _ data: DataDirectory) -> [DoctorCheck] {
        guard Files.exists(data.path) else {
            return [
                DoctorCheck("data folder", .fail, "\(data.path) is not there", advice: "jurat init creates it")
            ]
        }
        var checks = [folder("data folder", data.path)]
        checks.append(
            Files.exists(configuration.cachePath)
                ? folder("cache", configuration.cachePath)
                : DoctorCheck("cache", .ok, "\(configuration.cachePath) is not there yet; serve makes it"))
        if !Files.exists(data.verdictsPath) {
            checks.append(
                DoctorCheck("verdict log", .fail, "there is none in \(data.path)", advice: "jurat init creates it"))
        }
        return checks
    }

    private static func folder(_ name: String, _ path: String) -> DoctorCheck {
        do throws(FileError) {
            guard try Files.kind(path) == .directory else {
                return DoctorCheck(name, .fail, "\(path) is no folder", advice: "move it away, then jurat init")
            }
            let permissions = try Files.permissions(path)
            guard Files.isWritable(path) else {
                return DoctorCheck(
                    name, .fail, "\(path) cannot be written by this user",
                    advice: "run as the user who owns it, or change its owner")
            }
            guard permissions & 0o022 == 0 else {
                return DoctorCheck(
                    name, .fail, "\(path) can be written by others (\(octal(permissions)))", advice: "chmod 700 \(path)"
                )
            }
            guard permissions & 0o055 == 0 else {
                return DoctorCheck(
                    name, .warn, "\(path) can be read by others (\(octal(permissions)))", advice: "chmod 700 \(path)")
            }
            return DoctorCheck(name, .ok, "\(path), for this user alone")
        } catch {
            return DoctorCheck(name, .fail, "\(error)", advice: "see whether the disk is mounted and readable")
        }
    }

    static func keys(_ data: DataDirectory) -> DoctorCheck {
        do throws(FileError) {
            let names = try Files.list(data.keysDirectory).filter { $0.hasSuffix(".key") }.sorted()
            guard !names.isEmpty else {
                return DoctorCheck(
                    "keys", .fail, "there is no key in \(data.keysDirectory)", advice: "jurat init makes those missing")
            }
            for name in names {
                let path = "\(data.keysDirectory)/\(name)"
                let permissions = try Files.permissions(path)
                guard permissions & 0o077 == 0 else {
                    return DoctorCheck(
                        "keys", .fail, "\(path) can be read by others (\(octal(permissions)))",
                        advice: "chmod 600 \(path), and rotate the key if somebody may have read it")
                }
            }
            return DoctorCheck("keys", .ok, "\(names.count) keys, for this user alone")
        } catch {
            return DoctorCheck("keys", .fail, "\(error)", advice: "jurat init makes what is missing")
        }
    }

    static func space(_ configuration: ServiceConfiguration, _ data: DataDirectory) -> [DoctorCheck] {
        [("space for data", data.path), ("space for cache", configuration.cachePath)].compactMap { name, path in
            guard Files.exists(path) else { return nil }
            let bytes: Int64
            do throws(FileError) { bytes = try Files.availableBytes(path) } catch {
                return DoctorCheck(name, .warn, "cannot be told: \(error)", advice: "see whether the disk is mounted")
            }
            let finding = "\(bytes >> 20) MiB free in \(path)"
            if bytes < leastBytes {
                return DoctorCheck(name, .fail, finding, advice: "free some: the log cannot grow without")
            }
            guard bytes >= comfortableBytes else { return DoctorCheck(name, .warn, finding, advice: "free some soon") }
            return DoctorCheck(name, .ok, finding)
        }
    }

    /// A clock that is behind what it wrote itself has stepped back; cooldowns and expiries count by it.
    static func clock(_ data: DataDirectory, now: Timestamp) -> DoctorCheck {
        let written: Timestamp?
        do throws(FileError) {
            let paths = [data.verdictsPath, data.jobsPath].filter(Files.exists)
            written = try paths.map { (path) throws(FileError) in try Files.modificationTime(path) }.max()
        } catch {
            return DoctorCheck(
                "clock", .warn, "\(now.rfc3339); whether it has stepped back cannot be told: \(error)",
                advice: "see whether the data folder can be read")
        }
        guard let written, now.adding(.seconds(300)) < written else { return DoctorCheck("clock", .ok, now.rfc3339) }
        return DoctorCheck(
            "clock", .fail, "it says \(now.rfc3339), before the last write to the log at \(written.rfc3339)",
            advice: "set it right and keep it so (chrony or systemd-timesyncd)")
    }

    static func port(_ configuration: ServiceConfiguration, _ data: DataDirectory) async -> DoctorCheck {
        let address = configuration.listen
        if Files.exists(data.adminSocketPath),
            let answer = try? await AdminClient(socketPath: data.adminSocketPath).get("\(AdminClient.api)/status")
        {
            let version = answer["version"]?.stringValue ?? "?"
            guard answer["ready"]?.boolValue == true else {
                return DoctorCheck(
                    "server", .fail, "jurat \(version) runs here and is not ready", advice: "jurat status says why")
            }
            return DoctorCheck("server", .ok, "jurat \(version) runs here and is ready")
        }
        do throws(SocketError) {
            _ = try ListeningSocket.openShared(host: address.host, port: address.port, count: 1)
            return DoctorCheck("port", .ok, "\(address) is free")
        } catch {
            return DoctorCheck(
                "port", .fail, "\(error)", advice: "end the program that has it, or change listen in the configuration")
        }
    }

    static func rules(_ configuration: ServiceConfiguration) -> [DoctorCheck] {
        guard let folder = configuration.userRulesPath else { return [] }
        do throws(UserRuleError) {
            let count = try UserRules.load(folder: folder)?.entries.count ?? 0
            return [DoctorCheck("own rules", .ok, "\(count) in \(folder)")]
        } catch {
            return [
                DoctorCheck("own rules", .fail, "\(error)", advice: "correct it; the set accepted before stays in use")
            ]
        }
    }

    private static func octal(_ permissions: UInt16) -> String { "mode \(String(permissions & 0o7777, radix: 8))" }
}
