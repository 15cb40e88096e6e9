import YAML

/// Keys that the configuration knows for features which this version does not have yet.
///
/// Leaving them empty is fine. Setting one would promise what does not happen, so that is a problem.
enum LaterFeatures {
    static func check(_ root: SettingMap) {
        refuseFilled(root.setting("adminListen"), "a second address, for metrics and operators, is")
        refuseFilled(root.setting("notify"), "signed notifications are")
    }

    private static func refuseFilled(_ setting: Setting?, _ feature: String) {
        guard let setting, !setting.isNull else { return }
        switch setting.node.value {
        case .sequence(let elements) where elements.isEmpty: return
        case .mapping(let members) where members.isEmpty: return
        case .scalar, .sequence, .mapping:
            setting.report("\(feature) not available in this version; remove this setting")
        }
    }
}
