import Advisories
import HTTP
import JSON
import Platform
import Registry
import Screening
import TransparencyLog
import VerdictStore

/// `GET /-/metrics` on the operators' socket: numbers for a monitoring system. No label names a package or a client.
///
/// Spec: docs/operating.md, Monitoring.
struct MetricsRoute: Sendable {
    static let path = "/-/metrics"

    let version: String
    let log: VerdictLog
    let jobs: any JobQueue
    let roster: WorkerRoster
    let readiness: Readiness
    let advisories: AdvisoryReport
    let live: LiveAdvisories
    let records: RecordBook
    let startedAt: Timestamp
    let clock: any WallClock

    func respond() async -> ServerResponse {
        let now = clock.now()
        var text = MetricsText()
        await addService(to: &text, at: now)
        await addQueue(to: &text)
        addAnswers(to: &text)
        addAdvisories(to: &text, at: now)
        if live.service != nil { addLive(to: &text) }
        return PlainAnswers.text(
            text.text, contentType: MetricsText.contentType, headers: ["Cache-Control": "no-store"])
    }

    private func addService(to text: inout MetricsText, at now: Timestamp) async {
        let reports = await readiness.reports()
        text.gauge("jurat_build_info", "The running version.", [(["version": version], 1)])
        text.gauge("jurat_uptime_seconds", "Seconds since the start.", startedAt.distance(to: now).components.seconds)
        text.gauge(
            "jurat_ready", "Whether readiness stands: 1 or 0.", reports.contains { $0.state == .failed } ? 0 : 1)
        text.gauge(
            "jurat_check", "Each part of readiness: 0 ok, 1 degraded, 2 failed.",
            reports.map { report in
                let value: Int64 =
                    switch report.state {
                    case .ok: 0
                    case .degraded: 1
                    case .failed: 2
                    }
                return (["check": report.name], value)
            })
        text.gauge("jurat_log_entries", "Entries of the verdict log.", Int64(clamping: log.size.value))
        text.gauge("jurat_workers", "Workers that asked for jobs lately.", Int64(roster.present(at: now).count))
    }

    private func addQueue(to text: inout MetricsText) async {
        // A queue that cannot be counted is missing from the numbers, which alarms on absence notice.
        guard let counts = try? await jobs.counts() else { return }
        text.gauge(
            "jurat_jobs", "Analyses by state.",
            [
                (["state": "waiting"], Int64(counts.queued)), (["state": "running"], Int64(counts.leased)),
                (["state": "unavailable"], Int64(counts.unavailable)),
            ])
        text.gauge("jurat_jobs_capacity", "Analyses that can wait.", Int64(counts.capacity))
    }

    private func addAnswers(to text: inout MetricsText) {
        let tally = records.tally
        text.counter("jurat_artifacts_served_total", "Artifacts sent since the start.", [([:], tally.served)])
        text.counter(
            "jurat_refusals_total", "Refusals sent since the start, by code.",
            RefusalCode.allCases.map { (["code": $0.rawValue], tally.refused[$0] ?? 0) })
    }

    private func addLive(to text: inout MetricsText) {
        let counts = live.counts
        text.counter(
            "jurat_live_questions_total", "Questions to the live advisory service by how they ended.",
            [
                (["result": "clean"], Int64(counts.clean)), (["result": "failed"], Int64(counts.failed)),
                (["result": "found"], Int64(counts.found)), (["result": "skipped"], Int64(counts.skipped)),
            ])
        text.gauge("jurat_live_answers", "Answers of the live service that are remembered.", Int64(live.answerCount))
    }

    private func addAdvisories(to text: inout MetricsText, at now: Timestamp) {
        let entries = advisories.entries(at: now)
        func each(_ value: (AdvisoryReport.Entry) -> Int64?) -> [(labels: [String: String], value: Int64)] {
            entries.compactMap { entry in value(entry).map { (["ecosystem": entry.ecosystem.rawValue], $0) } }
        }
        if !advisories.snapshot.isEmpty {
            text.gauge(
                "jurat_advisories_snapshot_info", "The advisory snapshot in force.",
                [(["snapshot": advisories.snapshot], 1)])
        }
        text.gauge(
            "jurat_advisories_usable", "Whether decisions rely on the advisories: 1 or 0 (stale, or never loaded).",
            each { AdvisoryReport.word($0.availability) == "current" ? 1 : 0 })
        text.gauge(
            "jurat_advisories_age_seconds", "Seconds since the source last confirmed the advisories.",
            each { $0.freshness.age?.components.seconds })
        text.gauge("jurat_advisories_records", "Advisories in force.", each { $0.records.map { Int64($0) } })
        text.gauge(
            "jurat_advisories_last_look_timestamp_seconds", "When the source was last looked at.",
            each { $0.state?.attemptedAt?.secondsSinceEpoch })
        text.gauge(
            "jurat_advisories_last_look_success", "Whether the last look at the source went well: 1 or 0.",
            each { entry in entry.state.map { $0.failure == nil ? 1 : 0 } })
        text.counter(
            "jurat_advisories_refresh_failures_total", "Looks at the source that brought nothing.",
            each { Int64($0.state?.failuresEver ?? 0) })
        if let next = advisories.plan().nextAt {
            text.gauge(
                "jurat_advisories_next_look_timestamp_seconds", "When the sources are looked at next.",
                next.secondsSinceEpoch)
        }
    }
}
