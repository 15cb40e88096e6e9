import Platform

extension DeploymentCheck {
    /// Files under `hosted/`: plain files and folders that can be read, nothing else.
    func checkHosted() -> CheckResult {
        var list = FindingList(.hosted)
        var files = 0
        var directories = Files.exists(data.hostedDirectory) ? [data.hostedDirectory] : []
        while let directory = directories.popLast() {
            do throws(FileError) {
                for name in try Files.list(directory) {
                    let path = "\(directory)/\(name)"
                    switch try Files.kind(path) {
                    case .directory: directories.append(path)
                    case .regularFile: files += 1
                    case .symbolicLink, .other:
                        list.add(
                            .warning, path, "it is neither a file nor a folder, and jurat did not put it there",
                            advice: "find out who did, and remove it")
                    }
                }
            } catch {
                list.add(directory, unreadable: error)
            }
        }
        return list.result("\(files) files")
    }

    /// What a crash or an interrupted command left.
    func checkLeftovers() -> CheckResult {
        var list = FindingList(.leftovers)
        var directories = [data.path, data.keysDirectory, data.hostedDirectory, data.advisoriesDirectory]
        if let cacheDirectory { directories += ["\(cacheDirectory)/artifacts/incoming", "\(cacheDirectory)/metadata"] }
        for directory in directories where Files.exists(directory) { addTemporaries(in: directory, to: &list) }
        for draft in [".new", ".new-wal", ".new-shm"].map({ data.verdictsPath + $0 }) where Files.exists(draft) {
            list.add(
                .warning, draft, "a log that was being made was never finished",
                advice: "run the command that made it again, or remove the file", isDisposable: true)
        }
        if let index = artifactIndexPath, Files.exists(index + ".damaged") {
            list.add(
                .note, index + ".damaged", "a damaged index of the cache was set aside", advice: "remove it at leisure",
                isDisposable: true)
        }
        return list.result("\(directories.count) folders")
    }

    private func addTemporaries(in directory: String, to list: inout FindingList) {
        do throws(FileError) {
            for name in try Files.list(directory) where name.utf8.starts(with: TemporaryFile.namePrefix.utf8) {
                let path = "\(directory)/\(name)"
                guard let written = try whenStillThere(path, Files.modificationTime),
                    written.adding(DeploymentCheck.leftoverAge) < now
                else { continue }
                list.add(
                    .warning, path, "it was being written at \(written.rfc3339) and never finished",
                    advice: "remove it, or run fsck --repair while jurat serve is stopped", isDisposable: true)
            }
        } catch {
            list.add(directory, unreadable: error)
        }
    }

    /// What `read` says of a path; nil when it went away meanwhile, as a running server's files do.
    func whenStillThere<Value>(
        _ path: String, _ read: (String) throws(FileError) -> Value
    ) throws(FileError) -> Value? {
        do throws(FileError) {
            return try read(path)
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}
