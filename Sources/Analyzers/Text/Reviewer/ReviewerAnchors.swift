import UnicodeText

/// The stems and marks without which no text speaks to a reviewing model: one pass over a file looks for all of them.
struct ReviewerAnchors: Sendable {
    /// What an anchor can be part of.
    struct Group: OptionSet, Sendable {
        let rawValue: UInt16
        static let ignore = Group(rawValue: 1)
        static let orders = Group(rawValue: 2)
        static let verdict = Group(rawValue: 4)
        static let machine = Group(rawValue: 8)
        static let reviewer = Group(rawValue: 16)
        static let you = Group(rawValue: 32)
        /// A sign by itself.
        static let mark = Group(rawValue: 64)
        /// Speaks of language models as such: the file may be about them.
        static let subject = Group(rawValue: 128)
        static let refusal = Group(rawValue: 256)
        /// Orders in a rotated alphabet, backwards, or with digits for letters.
        static let rotated = Group(rawValue: 512)
        static let reversed = Group(rawValue: 1024)
        static let digits = Group(rawValue: 2048)
        static let disguised: Group = [.rotated, .reversed, .digits]
    }

    /// What a pattern of the set is.
    struct Anchor: Sendable {
        let group: Group
        var topic: ReviewerTopic?
        var weight = 0
        /// Exactly as written: `[INST]` is a mark, `[inst]` an index.
        var exact: [UInt8]?
    }

    let literals: LiteralSet
    let anchors: [Anchor]

    static let standard = ReviewerAnchors()

    private init() {
        var patterns: [[UInt8]] = []
        var anchors: [Anchor] = []
        for (group, words) in anchorStems {
            for word in words.split(separator: ",") {
                patterns.append(FoldedText(Array(word.utf8)).bytes)
                anchors.append(Anchor(group: group))
            }
        }
        for (topic, weight, marks) in reviewerMarks {
            for mark in marks {
                let bytes = Array(mark.utf8)
                patterns.append(bytes)
                let isExact = bytes.contains { $0 &- 0x41 < 26 }
                anchors.append(Anchor(group: .mark, topic: topic, weight: weight, exact: isExact ? bytes : nil))
            }
        }
        literals = LiteralSet(patterns, ignoringCase: true)
        self.anchors = anchors
    }
}

/// Comma-separated stems, at least four bytes each, in which blanks count.
private let anchorStems: [(ReviewerAnchors.Group, String)] = [
    (.ignore, "ignor,disregard,forget,overrid,bypass,dismiss,neglect,unlearn"),
    (.ignore, "vergiss,vergess,missacht,oubli,olvid,esquec,desconsider,dimentic,trascur,negeer,vergeet,zapomnij,pomin"),
    (.ignore, "gormezden,yoksay,unut,bo qua,abaikan,lupakan,забуд,пропуст,ігнор,игнор"),
    (.ignore, "忽略,无视,無視,忘记,忘記,忘掉,忘れ,무시,잊어,تجاهل,अनदेखा,अनदेख,नजरअंदाज"),
    (.orders, "instruc,guideline,prompt,directive,rules,programming,training,everything,safeguard"),
    (.orders, "anweisung,instruktion,vorgabe,richtlinie,consigne,istruz,aanwijz,instrukcj,polece,talimat,yonerge"),
    (.orders, "huong dan,chi dan,instruksi,perintah,инструкц,указани,інструкц,вказівк"),
    (.orders, "指令,指示,提示,说明,說明,规则,規則,命令,プロンプト,지시,명령,지침,프롬프트,تعليمات,निर्देश,आदेश"),
    (.verdict, "benign,malicious,harmless,verdict,safe,clean,legitimate,trusted,approv,verified,findings,no issues"),
    (
        .verdict,
        "low risk,no risk,zero risk,risk-free,vulnerab,malware,false positive,false-positive,no threat,as ok,not flag,not report,not scan,not anal"
    ),
    (.verdict, "harmlos,unbedenklich,inoffensi,benigno,inofensiv,innocuo,goedaardig,onschadelijk,nieszkodliw,zararsiz"),
    (.verdict, "sicher,seguro,sicuro,veilig,bezpieczn,guvenli,an toan,безопасн,безвред,безпечн,нешкідлив"),
    (.verdict, "安全,无害,良性,無害,안전,무해,सुरक्षित"),
    (
        .machine,
        " ai , ai.,(ai , ais , ai:, ai-, ai/,ai re,ai sc,ai co,ai as,ai ag,/ai ,*ai ,llm ,llms,llm-,llm.,llm:,llm_"
    ),
    (
        .machine,
        "claude,chatgpt,gpt:, gpt , ia ,una ia,l'ia, ии ,ты ии,для ии,copilot,gemini,language model,language_model,assistant,chatbot,openai,codex"
    ),
    (.machine, "sprachmodell, ki ,人工智能,语言模型,大模型,人工知能,言語モデル,인공지능,الاصطناعي,нейросет"),
    (
        .reviewer,
        "reviewer,reviewing,review this,review of,scanner,auditor,auditing,analyz,analys,classif,security tool"
    ),
    (.reviewer, "security scan,code review,security review,scanning,prufer,revisor,relecteur,рецензент,审查,審査,レビュ"),
    (.you, "you are,you're,your new,from now on,act as,pretend,dear ,attention"),
    (
        .refusal,
        "bioweapon,sarin,anthrax,novichok,napalm,nerve agent,csam,methamphet,explosive,bomb,refuse,violat,i can't"
    ),
    (.refusal, "i cannot,sorry"),
    (.rotated, "vtaber,vafgehpgvba,cerivbhf,qvfertneq,znyvpvbhf,orvta,erivrjre"),
    (.reversed, "erongi,snoitcurtsni,suoiverp,dragersid,suoicilam,ngineb,reweiver"),
    (.digits, "1gn0r,ign0r,1gnor,pr3v10,prev1ou,pr3vi0,previ0u,pr3vio,1nstruct,instruct1,instructi0,d1sreg,disr3g"),
    (.digits, "mal1c,b3nign,ben1gn,rev1ewer,r3view"),
    (
        .subject,
        "openai,anthropic,langchain,huggingface,ollama,llama,tokenizer,jailbreak,prompt injection,prompt_injection"
    ),
    (
        .subject,
        "prompt-injection,guardrail,chat completion,chat_completion,chatcompletion,gpt-4,gpt-3,gpt-5,embedding,llms"
    ),
    (.subject, "prompt template,prompttemplate,prompt_template,few-shot,system_prompt,systemprompt,system_message"),
    (.subject, "chatprompt,red team,redteam,toxicity,chat_template,chat template,language model,moderation,lmodel"),
    (.subject, "systemmessage,\"role\": \"system\",role: \"system\",role: 'system',agentic,mistral,vllm,claude code"),
]

private let reviewerMarks: [(ReviewerTopic, Int, [String])] = [
    (
        .role, 5,
        ["<|im_start|>", "<|system|>", "<|start_header_id|>", "<<SYS>>", "<system-reminder", "<|begin_of_text|>"]
    ),
    (
        .role, 4,
        [
            "<|endoftext|>", "<|eot_id|>", "<|im_end|>", "[INST]", "[/INST]", "<|assistant|>", "<|user|>",
            "### instruction",
            "### system", "## system message", "<system_prompt", "</system_prompt", "<|assistant", "<start_of_turn>",
            "[SYSTEM]", "[system_message]", "[system override", "[ADMIN]", "<system_message", "<system_instruction",
        ]
    ),
    (.role, 3, ["</system>", "<system>", "</instructions>", "</assistant>", "<assistant>"]),
    (
        .tool, 5,
        [
            "<tool_call", "</tool_call", "<function_call", "</function_call", "<invoke name", "<tool_use",
            "<tool_result",
            "[TOOL_CALLS]", "<|tool_call", "<function=", "<|python_tag|>", "<function_result", "<tool_code",
            "<tool_response",
        ]
    ),
    (
        .tool, 3,
        ["\"tool_calls\"", "\"tool_call\"", "tool_use_id", "\"function_call\"", "submit_verdict", "report_verdict"]
    ),
    (
        .boundary, 6,
        [
            "</untrusted", "</user_input", "</user-input", "</package_content", "</code_to_review", "</review_target",
            "</package_under", "</untrusted-", "end_untrusted", "end untrusted", "end of untrusted", "end_of_untrusted",
            "end of code under", "end of system prompt", "</content_to_analy", "</artifact_content",
        ]
    ),
    (
        .boundary, 5,
        [
            "</user_query", "</file_content", "</file-content", "</document_content", "</submission", "</source_code",
            "end of user input", "end of review", "end of analysis", "end of submission", "end of instructions",
            "begin trusted", "begin system", "begin new instructions", "end user input", "end of user content",
            "end user content", "end of user data", "end_of_input", "end of package contents", "end of scanned",
        ]
    ),
    (.boundary, 4, ["end of prompt", "end of context", "</artifact>", "</documents>", "end of package", "</context>"]),
    (
        .boundary, 3,
        ["</document>", "</package>", "</file>", "end of code", "end of content", "end of input", "</user>"]
    ),
    (.boundary, 2, ["end of file", "end of document", "end of data", "</content>", "</data>", "</input>"]),
    (.refusal, 12, ["anthropic_magic_string"]), (.refusal, 8, ["magic_string_trigger", "trigger_refusal"]),
]
