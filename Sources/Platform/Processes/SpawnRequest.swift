import CLinux
import Glibc

/// A checked request to start a program, and its one way into the kernel.
struct SpawnRequest: Sendable {
    let executable: String
    let arguments: [String]
    let environment: [String]
    let directory: String?
    let descriptors: [(descriptor: Int32, as: Int32)]
    let limits: ResourceLimits?
    let diesWithParent: Bool

    /// Refuses what C would misread.
    func validate() throws(SpawnError) {
        func refuse(_ reason: String) -> SpawnError { .malformedRequest(executable: executable, reason: reason) }
        guard executable.utf8.first == UInt8(ascii: "/") else { throw refuse("its path is not absolute") }
        let texts = [executable] + arguments + environment + (directory.map { [$0] } ?? [])
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else { throw refuse("an argument has a NUL byte") }
        guard environment.allSatisfy({ $0.utf8.dropFirst().contains(UInt8(ascii: "=")) }) else {
            throw refuse("an environment entry is not NAME=value")
        }
        let targets = Set(descriptors.map(\.as))
        guard targets.count == descriptors.count, descriptors.allSatisfy({ $0.descriptor >= 0 && $0.as >= 0 }) else {
            throw refuse("two descriptors are to have one number, or a number is negative")
        }
        guard descriptors.count <= Int(jurat_spawn_max_descriptors) else {
            throw refuse("more than \(jurat_spawn_max_descriptors) descriptors are to be inherited")
        }
    }

    /// Starts the program on the calling thread, which must never end while a child tied to its parent runs.
    func start() -> Result<pid_t, SpawnError> {
        let sorted = descriptors.sorted { $0.as < $1.as }
            .map { jurat_spawn_descriptor(source: $0.descriptor, target: $0.as) }
        let limits = limits?.kernelLimits ?? []
        var result = jurat_spawn_result()
        unsafe withCStrings([executable] + arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe withCStrings(directory.map { [$0] } ?? []) { directory in
                    unsafe sorted.withUnsafeBufferPointer { descriptors in
                        unsafe limits.withUnsafeBufferPointer { limits in
                            var request = unsafe jurat_spawn_request(
                                executable: arguments[0], arguments: arguments, environment: environment,
                                directory: directory[0], descriptors: descriptors.baseAddress,
                                descriptor_count: Int32(descriptors.count), limits: limits.baseAddress,
                                limit_count: Int32(limits.count), dies_with_parent: diesWithParent ? 1 : 0)
                            unsafe jurat_spawn(&request, &result)
                        }
                    }
                }
            }
        }
        guard result.step != 0 else { return .success(result.pid) }
        if result.pid > 0 {
            // The child that failed has exited already; only its status is left to collect.
            _ = retryingInterruption { waitpid(result.pid, nil, 0) }
        }
        let step = SpawnError.Step(jurat_spawn_step(UInt32(result.step)))
        return .failure(.refused(executable: executable, step: step, code: result.code))
    }
}

/// Lends a NULL-terminated array of C strings.
private func withCStrings(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Void
) {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
    defer { unsafe pointers.deallocate() }
    for (index, string) in strings.enumerated() {
        let copy = unsafe strdup(string)
        unsafe precondition(copy != nil, "no memory to start a program")
        unsafe (pointers + index).initialize(to: copy)
    }
    unsafe (pointers + strings.count).initialize(to: nil)
    defer {
        for index in strings.indices { unsafe free(pointers[index]) }
    }
    unsafe body(pointers)
}
