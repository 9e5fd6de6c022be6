package spec

// Code names a kind of fault. A code keeps its meaning for ever; one that is
// no longer used is not given out again.
type Code string

// The kinds of fault, in the order in which Load looks for them.
const (
	CodeUnreadable   Code = "SP001"
	CodeNotUTF8      Code = "SP002"
	CodeTooLarge     Code = "SP003"
	CodeSyntax       Code = "SP004"
	CodeTooDeep      Code = "SP005"
	CodeYAMLFeature  Code = "SP006"
	CodeEmpty        Code = "SP007"
	CodeWrongKind    Code = "SP008"
	CodeUnknownKey   Code = "SP009"
	CodeMissingKey   Code = "SP010"
	CodeDuplicate    Code = "SP011"
	CodeBadWord      Code = "SP012"
	CodeBadVersion   Code = "SP013"
	CodeBadQuantity  Code = "SP014"
	CodeBadName      Code = "SP015"
	CodeConflict     Code = "SP016"
	CodeBadType      Code = "SP017"
	CodeUnknownType  Code = "SP018"
	CodeUnknownSet   Code = "SP019"
	CodeIncludeCycle Code = "SP020"
	CodeEmbedKind    Code = "SP021"
	CodeEmbedCycle   Code = "SP022"
	CodeFieldTwice   Code = "SP023"
	CodeBadDefault   Code = "SP024"
	CodeUnion        Code = "SP025"
	CodeCapture      Code = "SP026"
	CodeEndsWith     Code = "SP027"
	CodeRole         Code = "SP028"
	CodeExtends      Code = "SP029"
	CodePatch        Code = "SP030"
	CodeTrim         Code = "SP031"
)

// meanings says of each code, in one line, what it stands for.
var meanings = map[Code]string{
	CodeUnreadable:   "a file or the directory cannot be read",
	CodeNotUTF8:      "a file is not UTF-8",
	CodeTooLarge:     "a file or one of its lines is too large",
	CodeSyntax:       "a file is not YAML",
	CodeTooDeep:      "values are nested too deep",
	CodeYAMLFeature:  "a part of YAML is used that specs do without",
	CodeEmpty:        "a file, list or mapping holds nothing",
	CodeWrongKind:    "a value is of another kind than its key wants",
	CodeUnknownKey:   "a key has no meaning where it stands",
	CodeMissingKey:   "a required key is absent",
	CodeDuplicate:    "a name or key is given twice",
	CodeBadWord:      "a word is not one of those its key knows",
	CodeBadVersion:   "a server version is malformed or not among those checked",
	CodeBadQuantity:  "a number or duration is malformed or out of range",
	CodeBadName:      "a name cannot be used as one",
	CodeConflict:     "keys stand together that exclude each other",
	CodeBadType:      "a type expression is malformed",
	CodeUnknownType:  "a type is not declared",
	CodeUnknownSet:   "an event set is not declared",
	CodeIncludeCycle: "an event set includes itself",
	CodeEmbedKind:    "an embedded type is not an object",
	CodeEmbedCycle:   "an object embeds itself",
	CodeFieldTwice:   "an object gets one field from two places",
	CodeBadDefault:   "a default does not fit its field",
	CodeUnion:        "a union cannot be told apart by its discriminator",
	CodeCapture:      "a capture names a request that does not serve it",
	CodeEndsWith:     "a capture ends with an event, or a channel has a token event, that it does not have",
	CodeRole:         "a role of the protocol is missing or taken twice",
	CodeExtends:      "a dialect extends what cannot be read, or itself",
	CodePatch:        "a patch leads to nothing that is there, or does not fit it",
	CodeTrim:         "only or without names a channel that is not there",
}

// Meaning says in one line what the code stands for; "" for a code that does
// not exist.
func (c Code) Meaning() string { return meanings[c] }
