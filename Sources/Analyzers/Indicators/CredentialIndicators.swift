/// Where secrets are kept, and the shapes by which programs look for them.
let credentialIndicators: [Indicator] =
    store(.npm, [".npmrc"])
    + store(.pypi, [".pypirc"])
    + store(.aws, [".aws/credentials", ".aws\\credentials", ".aws/config", ".aws\\config", ".aws", ".boto"])
    + store(
        .ssh,
        [
            ".ssh/id_", ".ssh\\id_", ".ssh", "id_rsa", "id_ed25519", "id_ecdsa", "id_dsa", "ssh_host_",
        ])
    + store(.kubernetes, [".kube/config", ".kube\\config", ".kube", "secrets/kubernetes.io/serviceaccount"])
    + store(.docker, [".docker/config", ".docker\\config", ".dockercfg", ".docker"])
    + store(
        .google,
        [
            "application_default_credentials", ".config/gcloud", "gcloud/credentials", "gcloud\\credentials",
            "gcloud/access_tokens",
        ])
    + store(.azure, [".azure/", ".azure\\", "accesstokens.json", "msal_token_cache", "azureprofile.json"])
    + store(.git, [".git-credentials", ".config/git/credentials"])
    + store(.netrc, [".netrc", "_netrc"])
    + store(.github, [".config/gh", "gh/hosts.yml", "github-copilot/hosts"])
    + store(.gnupg, [".gnupg"])
    + store(.vault, [".vault-token"])
    + store(.terraform, ["credentials.tfrc", "terraform.tfstate", ".terraformrc"])
    + store(.shellHistory, [".bash_history", ".zsh_history", ".sh_history", "consolehost_history"])
    + store(.accounts, ["/etc/shadow", "/etc/passwd", "/etc/sudoers", "config/sam", "config\\sam"])
    + store(.browserPasswords, ["login data", "logins.json", "key4.db", "key3.db", "signons.sqlite", "login keychain"])
    + store(
        .browserCookies, ["network/cookies", "network\\cookies", "cookies.sqlite", "web data", "cookies.binarycookies"])
    + store(
        .browserProfile,
        [
            "google/chrome", "google\\chrome", "google-chrome", "bravesoftware", "microsoft/edge", "microsoft\\edge",
            "opera software", "vivaldi", "yandexbrowser", "yandex/yandex", "mozilla/firefox", "mozilla\\firefox",
            "firefox/profiles", "firefox\\profiles", "chromium/user data", "chromium\\user data", "local state",
            "epic privacy browser", "centbrowser", "7star", "sputnik\\", "iridium\\", "kometa\\", "amigo\\",
            "torch\\user",
            "librewolf", "waterfox",
        ])
    + store(
        .chat,
        [
            "local storage/leveldb", "local storage\\leveldb", "discordcanary", "discordptb", "lightcord",
            "telegram desktop", "tdata", "dqw4w9wgxcq:", "slack/storage", "slack\\storage",
        ])
    + store(
        .wallet,
        [
            "wallet.dat", "exodus/exodus.wallet", "exodus\\exodus.wallet", "exodus.wallet", "electrum/wallets",
            "electrum\\wallets", "atomic/local storage", "atomic\\local storage", "atomicwallet", "com.liberty.jaxx",
            "coinomi", "ethereum/keystore", "ethereum\\keystore", ".config/solana", "bytecoin", "armory", "guarda",
            "zcash", "ledger live", "trezor suite", "wasabi", "wallet.json", "multibit", "monero/wallets",
            "binance/app-store",
            ".bitcoin", ".electrum",
        ])
    + store(.walletExtension, walletExtensions)
    + store(
        .keychain,
        [
            "login.keychain", "library/keychains", "kwallet", "keyrings/login", "default.keyring", "microsoft/protect",
            "microsoft\\protect", "microsoft/credentials", "microsoft\\credentials", "find-generic-password",
            "dump-keychain",
        ])
    + shape(.aws, ["akia[", "(akia", "asia[", "akia|", "|akia", "(?:akia", "aws_secret_access_key"])
    + shape(.github, ["ghp_[", "gho_[", "ghs_[", "gh[pousr]_", "github_pat_[", "ghp_", "gho_"])
    + shape(.npm, ["npm_[", "_authtoken", "npm_token"])
    + shape(.slack, ["xox[", "xoxb-", "xoxp-"])
    + shape(.stripe, ["sk_live_[", "sk_live_", "rk_live_"])
    + shape(.google, ["aiza[", "aizasy"])
    + shape(
        .privateKey,
        ["begin rsa private", "begin openssh private", "begin ec private", "begin [a-z", "private key-----"])
    + shape(
        .chatToken,
        [
            "[\\w-]{24}", "mfa\\.[\\w-]", "[\\w-]{26}", "[a-za-z0-9_-]{24}\\.", "[\\w-]{25,", "[a-za-z\\d]{24}\\.",
            "{24}\\.[", "{26}\\.[",
        ])
    + shape(.anyProvider, ["trufflehog", "gitleaks"])

/// The identities of wallets in Chromium's shop, which name the folders of their data.
private let walletExtensions = [
    "nkbihfbeogaeaoehlefnkodbefgpgknn", "bfnaelmomeimhlpmgjnjophhpkkoljpa", "fhbohimaelbohpjbbldcngcnapndodjp",
    "ejbalbakoplchlghecdalmeeeajnimhm", "hnfanknocfeofbddgcijnmhnfnkdnaad", "ibnejdfjmmkpcnlpebklmnkoeoihofec",
    "fnjhmkhhmkbjkkabndcnnogagogbneec", "aholpfdialjgjfhomihkjbmgjidlcdno", "egjidjbpglichdcondbcbdnbeeppgdph",
    "dmkamcknogkgcdfhhbddcghachkejeap", "mcohilncbfahbmgdjkbpemcciiolgcge", "aeachknmefphepccionboohckonoeemg",
    "lpfcbjknijpeeillifnkikgncikgfhdo", "phkbamefinggmakgklpkljjmgibohnba", "acmacodkjbdgmoleebolmdjonilkdbch",
]

private func store(_ store: CredentialStore, _ texts: [String]) -> [Indicator] {
    texts.map { Indicator($0, .credential(store)) }
}

private func shape(_ shape: SecretShape, _ texts: [String]) -> [Indicator] {
    texts.map { Indicator($0, .secretShape(shape)) }
}
