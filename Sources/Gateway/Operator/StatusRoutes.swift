import Cryptography
import HTTP
import JSON
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// What the running service says of itself, and the proof that it refuses what it must.
struct StatusRoutes: Sendable {
    let version: String
    let log: VerdictLog
    let jobs: any JobQueue
    let roster: WorkerRoster
    let readiness: Readiness
    let canaries: CanaryProbe
    let settings: Settings
    let advisories: AdvisoryReport
    let breaker: CircuitBreaker
    let following: FollowingService
    let startedAt: Timestamp
    let clock: any WallClock

    func status() async -> ServerResponse {
        let now = clock.now()
        let reports = await readiness.reports()
        let counts: JSONValue
        do {
            let queue = try await jobs.counts()
            counts = [
                "waiting": .integer(Int64(queue.queued)), "running": .integer(Int64(queue.leased)),
                "unavailable": .integer(Int64(queue.unavailable)), "capacity": .integer(Int64(queue.capacity)),
            ]
        } catch {
            counts = ["error": .string("\(error)")]
        }
        let workers = roster.present(at: now).map { worker -> JSONValue in
            ["name": .string(worker.name), "lastSeen": .string(worker.lastSeen.rfc3339)]
        }
        return PlainAnswers.json([
            "version": .string(version),
            "uptimeSeconds": .integer(startedAt.distance(to: now).components.seconds),
            "ready": .bool(!reports.contains { $0.state == .failed }),
            "checks": .array(reports.map(Self.check)),
            "problems": .array(
                reports.compactMap { report in report.problem.map { .string("\(report.name): \($0)") } }),
            "log": [
                "origin": .string(log.origin), "size": .integer(Int64(clamping: log.size.value)),
                "root": .string(log.root.hex),
            ],
            "queue": counts, "workers": .array(workers), "advisories": advisories.json(at: now),
            "trust": .array(await trust()),
            "registries": .array(settings.current.topology.definitions.map(registry)),
        ])
    }

    private func trust() async -> [JSONValue] {
        do throws(ExchangeFailure) {
            return try await following.reports().filter { $0.trust != nil }.map { report in
                [
                    "origin": .string(report.origin), "followed": .bool(report.trust?.followURL != nil),
                    "size": .integer(Int64(clamping: report.state?.size ?? 0)),
                    "lastVerifiedAt": report.state?.lastVerifiedAt.map { .string($0.rfc3339) } ?? .null,
                    "problem": report.problems.first.map { .string($0) } ?? .null,
                ]
            }
        } catch {
            return [["origin": .null, "problem": .string("\(error)")]]
        }
    }

    private static func check(_ report: HealthReport) -> JSONValue {
        [
            "name": .string(report.name), "state": .string(report.state.rawValue),
            "problem": report.problem.map { .string($0) } ?? .null,
        ]
    }

    private func registry(_ definition: RegistryDefinition) -> JSONValue {
        let kind =
            switch definition.kind {
            case .upstream: "upstream"
            case .hosted: "hosted"
            case .router: "router"
            }
        return [
            "name": .string(definition.name.text), "ecosystem": .string(definition.ecosystem.rawValue),
            "kind": .string(kind),
            "state": breaker.outage(of: definition.name).map { .string("down: \($0.reason)") } ?? .null,
            "policyRevision": .string(settings.current.policy(of: definition.name).revision.hex),
        ]
    }

    func canary() async -> ServerResponse {
        let checks = await canaries.run().map { result -> JSONValue in
            [
                "ecosystem": .string(result.ecosystem.rawValue), "registry": .string(result.registry.text),
                "target": .string(result.target), "refused": .bool(result.isRefused),
                "status": .integer(Int64(result.status)), "reason": .string(result.reason),
            ]
        }
        return PlainAnswers.json(["checks": .array(checks)])
    }
}
