import Platform
import VerdictStore

/// What has artifacts fetched and analysed ahead, each part made once: for checks that ask for it, and for the watch list.
struct WarmingParts: Sendable {
    let requested: RequestedWarming
    let watched: WatchedWarming

    init(
        admission: Admission, settings: Settings, stores: GatewayStores, fetcher: ArtifactFetcher, desk: AnalysisDesk,
        breaker: CircuitBreaker, clock: any WallClock, pausing: any Pausing, logger: Logger
    ) {
        let preparation = ArtifactPreparation(
            admission: admission, fetcher: fetcher, desk: desk,
            wait: AnalysisWait(admission: admission, desk: desk, knowledge: stores.log.knowledge),
            room: QueueRoom(jobs: desk.jobs, pausing: pausing), pausing: pausing)
        requested = RequestedWarming(
            admission: admission, settings: settings, preparation: preparation, logger: logger)
        watched = WatchedWarming(
            book: stores.watch, admission: admission, settings: settings,
            looks: PackageLook(
                admission: admission, history: stores.history, preparation: preparation, breaker: breaker,
                clock: clock), pausing: pausing, clock: clock, logger: logger)
    }
}
