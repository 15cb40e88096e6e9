import Advisories
import Configuration
import Platform
import Registry
import VerdictStore

/// Whether there are advisories, and how old they are.
enum AdvisoryChecks {
    static func freshness(
        _ configuration: ServiceConfiguration, _ data: DataDirectory, now: Timestamp
    ) -> [DoctorCheck] {
        let settings = configuration.advisories
        guard !settings.sources.isEmpty else {
            return [
                DoctorCheck(
                    "advisories", .warn, "the configuration names no source",
                    advice: "name one under advisories.sources: known malicious packages are served without")
            ]
        }
        do throws(AdvisoryError) {
            let directory = AdvisoryDirectory(directory: data.advisoriesDirectory)
            switch try directory.state(now: now, maxAge: settings.maxAge) {
            case .neverLoaded:
                let state: DoctorCheck.State = settings.required == .always ? .fail : .warn
                return [
                    DoctorCheck(
                        "advisories", state, "none were ever loaded",
                        advice: "jurat advisories sync, or let serve do it")
                ]
            case .current:
                return [DoctorCheck("advisories", .ok, "confirmed by their sources within \(age(settings.maxAge))")]
            case .stale(_, let oldest):
                return [
                    DoctorCheck(
                        "advisories", .fail, "last confirmed \(age(oldest)) ago; allowed are \(age(settings.maxAge))",
                        advice: "jurat advisories sync says what keeps the source away")
                ]
            }
        } catch {
            return [DoctorCheck("advisories", .fail, "\(error)", advice: "jurat advisories sync loads them anew")]
        }
    }

    private static func age(_ duration: Duration) -> String { DurationText.short(seconds: duration.components.seconds) }
}
