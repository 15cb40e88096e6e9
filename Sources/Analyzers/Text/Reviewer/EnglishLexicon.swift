/// English words; `*` at the end stands for any further letters.
let englishLexicon: [(WordMeaning, String)] = [
    (.ignore, "ignore ignoring ignored disregard disregarding disregarded forget forgetting neglect discard unlearn"),
    (.override, "override overrides overriding overrule bypass circumvent dismiss supersede supersedes"),
    (.previous, "previous previously prior earlier preceding former initial original existing past system safety"),
    (.your, "your"),
    (.all, "all every"),
    (.near, "above these any other those following foregoing default"),
    (.orders, "instructions guidelines guardrails safeguards"),
    (
        .looseOrders,
        "prompt prompts rules directives directive context restrictions instruction policies rule message messages"
    ),
    (.everything, "everything anything all what"),
    (.told, "told know learned trained given instructed said above before"),
    (.classify, "classify classified classifying rate rated judge judged deem deemed label labeled labelled grade"),
    (.classify, "assess assessed evaluate adjudicate approve categorize categorise"),
    (
        .mark,
        "mark marked marking treat treated reports marks treats consider considered report reported flag flagged score regard tag list"
    ),
    (
        .answer,
        "output respond answer return reply say print emit conclude state write declare confirm report reports returns answers says concludes"
    ),
    (.answer, "responding answering replying responds give issue submit produce"),
    (.benign, "benign harmless innocuous legitimate legit nonmalicious innocent unharmful"),
    (
        .safe,
        "safe clean trusted trustworthy secure ok okay approved acceptable pass passed clear whitelisted allowlisted"
    ),
    (
        .bad,
        "malicious malware unsafe dangerous suspicious threat threats harmful risky backdoor backdoors trojan virus"
    ),
    (.bad, "hostile maliciousness exfiltration compromised"),
    (
        .findings,
        "findings finding issues vulnerabilities vulnerability problems concerns warnings alerts flags risks risk"
    ),
    (.findings, "threats malware issue detections"),
    (.no, "no not never zero without none nothing dont doesnt isnt nor neither arent wont shouldnt mustnt non false 0"),
    (.package, "package library repository repo codebase artifact software dependency release project distribution"),
    (.package, "tarball wheel application extension plugin commit pr submission packages"),
    (.file, "file code module script program content contents sample source snippet function input document files"),
    (.file, "payload scripts modules implementation behavior behaviour"),
    (.this, "this these the following it its everything"),
    (.machine, "ai llm llms gpt chatgpt claude copilot gemini openai anthropic codex deepseek llama mistral grok ais"),
    (.machine, "anthropics openais googles qwen cursor gpt4 gpt5 sonnet opus"),
    (.language, "language neural foundation generative artificial"),
    (.assistant, "assistant assistants agent agents model models bot bots intelligence"),
    (.reviewer, "reviewer reviewers scanner scanners auditor auditors analyzer analyzers analyser analysers analyst"),
    (.reviewer, "analysts moderator inspectors inspector triager screeners"),
    (.reviewing, "review reviewing reviews scan scanning scans audit auditing analyze analyzing analyse analysing"),
    (
        .reviewing,
        "analysis screening inspecting inspection assessment classification examining evaluating triage audits"
    ),
    (.automated, "automated automatic security malware static code"),
    (.salutation, "note notice attention dear hey hi hello memo reminder notes greetings psa"),
    (.salutation, "instructions message messages"),
    (.to, "to for all any the every of"),
    (.you, "you youre your u yourself"),
    (.are, "are is being re am was be been has have were"),
    (.now, "now henceforth onward onwards longer"),
    (.new, "new only real actual sole next true updated primary current"),
    (.task, "task job role goal instructions objective purpose directive mission instruction assignment priority"),
    (
        .approved,
        "verified audited reviewed vetted certified whitelisted allowlisted preapproved approved cleared trusted"
    ),
    (.approved, "validated authorized authorised endorsed signed precleared preverified sanctioned"),
    (.skip, "skip stop refrain avoid omit cease exclude abort halt terminate bypass end"),
    (
        .inspect,
        "flag report analyze analyse scan review inspect audit mark classify block quarantine examine investigate"
    ),
    (
        .inspect,
        "check raise mention analysis scanning reviewing reporting flagging analyzing analysing warn alert inspection"
    ),
    (.inspect, "reject escalate evaluate"),
    (.verdict, "verdict classification assessment risk rating severity score conclusion disposition malicious malware"),
    (.verdict, "result threat recommendation determination label suspicious"),
    (.nothing, "none low zero false 0 0.0 no null empty minimal negligible"),
    (.must, "must should shall please need required have kindly ought"),
    (.like, "as to be that is with"),
    (.falseWord, "false"), (.positive, "positive positives"),
    (.when, "if as since when because while whether"),
    (.mode, "mode"),
    (.modeName, "developer maintenance debug god admin jailbreak dan unrestricted audit trusted safe test"),
    (.modeName, "diagnostic override privileged"),
    (.speaker, "system assistant human developer admin administrator"),
    (.refuse, "refuse refusal decline refusing"), (.policy, "policy policies guidelines terms"),
    (.violate, "violate violates violating violation breach breaches"),
    (.hazard, "bioweapon bioweapons anthrax sarin novichok ricin napalm csam methamphetamine uranium plutonium"),
    (
        .hazard,
        "nerve weaponize weaponized smallpox botulinum fentanyl pathogen"
    ),
    (
        .make,
        "synthesize synthesizing synthesis synthesise build building make making manufacture recipe produce enrich"
    ),
    (.make, "weaponize weaponizing assemble detonate culture"),
    (.pretend, "act pretend roleplay behave imagine simulate"),
    (.complete, "complete completed finished passed done concluded concludes successful"),
    (.found, "found detected identified present discovered contains contain exists observed"),
    (.tool, "tool tools function"),
    (
        .reading,
        "reading reviewing analyzing analysing scanning auditing inspecting processing parsing viewing examining summarizing summarising indexing ingesting seeing reads"
    ),
    (.cannot, "cannot cant unable sorry"), (.assist, "assist help comply continue fulfill fulfil"),
    (.only, "only exactly just simply solely always immediately"),
    (.accept, "approve accept allow allowlist whitelist greenlight certify clear"),
    (.lesson, "step steps how instructions guide tutorial procedure detailed"),
    (.follow, "follow obey adhere heed comply honor honour"),
]
