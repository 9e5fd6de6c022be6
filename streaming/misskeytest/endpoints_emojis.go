package misskeytest

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var emojiEndpoints = []*endpoint{
	{name: "emojis", get: true, run: listEmojis},
	{name: "emoji", get: true, params: schema{{name: "name", kind: aText, required: true}}, run: showEmoji},
	{name: "admin/emoji/add", credential: true, permission: "write:admin:emoji", allowed: (*Server).managesEmojis,
		params: slices.Concat(schema{
			{name: "name", kind: aText, required: true},
			{name: "fileId", kind: anID, required: true},
		}, emojiParams), run: addEmoji},
	{name: "admin/emoji/update", credential: true, permission: "write:admin:emoji", allowed: (*Server).managesEmojis,
		params: slices.Concat(schema{
			{name: "id", kind: anID},
			{name: "name", kind: aText},
			{name: "fileId", kind: anID},
		}, emojiParams), run: updateEmoji},
	{name: "admin/emoji/delete", credential: true, permission: "write:admin:emoji", allowed: (*Server).managesEmojis,
		params: schema{{name: "id", kind: anID, required: true}}, run: deleteEmoji},
}

var emojiParams = schema{
	{name: "category", kind: aText, nullable: true},
	{name: "aliases", kind: someTexts},
	{name: "license", kind: aText, nullable: true},
	{name: "isSensitive", kind: aBoolean},
	{name: "localOnly", kind: aBoolean},
	{name: "roleIdsThatCanBeUsedThisEmojiAsReaction", kind: someTexts},
}

var (
	errNoSuchFileOfEmoji       = refusal("NO_SUCH_FILE", "fc46b5a4-6b92-4c33-ac66-b806659bb5cf", "No such file.")
	errDuplicateEmoji          = refusal("DUPLICATE_NAME", "f7a3462c-4e6e-4069-8421-b9bd4f4c3975", "Duplicate name.")
	errNoSuchEmojiUpdate       = refusal("NO_SUCH_EMOJI", "684dec9d-a8c2-4364-9aa8-456c49cb1dc8", "No such emoji.")
	errNoSuchFileOfEmojiUpdate = refusal("NO_SUCH_FILE", "14fb9fd9-0731-4e2f-aeb9-f09e4740333d", "No such file.")
	errSameNameEmoji           = refusal("SAME_NAME_EMOJI_EXISTS", "7180fe9d-1ee3-bff9-647d-fe9896d2ffb8", "Emoji that have same name already exists.")
	errNoSuchEmojiDelete       = refusal("NO_SUCH_EMOJI", "be83669b-773a-44b7-b1f8-e5e5170ac3c2", "No such emoji.")
)

// briefEmoji is an emoji as the list of all has it: what is usual is left out.
type briefEmoji struct {
	Aliases   []string         `json:"aliases"`
	Name      string           `json:"name"`
	Category  *string          `json:"category"`
	URL       string           `json:"url"`
	LocalOnly bool             `json:"localOnly,omitempty"`
	Sensitive bool             `json:"isSensitive,omitempty"`
	RoleIDs   []misskey.RoleID `json:"roleIdsThatCanBeUsedThisEmojiAsReaction,omitempty"`
}

func listEmojis(r *request) (any, *apiError) {
	all := []briefEmoji{}
	for _, name := range slices.Sorted(maps.Keys(r.server.emojis)) {
		e := r.server.emojis[name]
		brief := briefEmoji{
			Aliases: append([]string{}, e.Aliases...), Name: e.Name, URL: e.URL,
			LocalOnly: e.LocalOnly, Sensitive: e.IsSensitive, RoleIDs: e.ReactionRoleIDs,
		}
		if category, ok := e.Category.Get(); ok {
			brief.Category = &category
		}
		all = append(all, brief)
	}
	return map[string]any{"emojis": all}, nil
}

func showEmoji(r *request) (any, *apiError) {
	e := r.server.emojis[r.text("name")]
	if e == nil {
		return nil, unexpected("EntityNotFoundError", "Could not find any entity of type \"MiEmoji\"")
	}
	return *e, nil
}

// fillEmoji puts the params that are given into an emoji.
func (r *request) fillEmoji(e *misskey.EmojiDetailed) *apiError {
	whole, _ := toObject(marshal(e))
	for _, param := range emojiParams {
		if raw, given := r.params[param.name]; given {
			whole[param.name] = raw
		}
	}
	if err := json.Unmarshal(marshal(whole), e); err != nil {
		return internalError(err.Error())
	}
	return nil
}

func addEmoji(r *request) (any, *apiError) {
	f, ok := r.server.drive.files.get(misskey.DriveFileID(r.text("fileId")))
	switch {
	case !ok:
		return nil, errNoSuchFileOfEmoji
	case r.server.emojis[r.text("name")] != nil:
		return nil, errDuplicateEmoji
	}
	e := misskey.EmojiDetailed{Name: r.text("name"), URL: f.URL}
	if refused := r.fillEmoji(&e); refused != nil {
		return nil, refused
	}
	return r.server.addEmoji(e), nil
}

// managesEmojis reports whether the user may change the server's emojis.
func (s *Server) managesEmojis(u *User) bool {
	return s.isAdministrator(u) || s.policiesOf(u).CanManageCustomEmojis
}

func (s *Server) emojiByID(id string) *misskey.EmojiDetailed {
	for _, e := range s.emojis {
		if string(e.ID) == id {
			return e
		}
	}
	return nil
}

// updateEmoji finds the emoji by id, or else by name; with both it renames it.
func updateEmoji(r *request) (any, *apiError) {
	id, byID := r.params.text("id")
	name, named := r.params.text("name")
	if !byID && !named {
		return nil, invalidParam("#/allOf/0/anyOf/0/required", "must have required property 'id'")
	}
	e := r.server.emojis[name]
	if byID {
		e = r.server.emojiByID(id)
	}
	if e == nil {
		return nil, errNoSuchEmojiUpdate
	}
	after := *e
	if refused := r.fillEmoji(&after); refused != nil {
		return nil, refused
	}
	if fileID, given := r.params.text("fileId"); given {
		f, ok := r.server.drive.files.get(misskey.DriveFileID(fileID))
		if !ok {
			return nil, errNoSuchFileOfEmojiUpdate
		}
		after.URL = f.URL
	}
	if named && name != e.Name {
		if r.server.emojis[name] != nil {
			return nil, errSameNameEmoji
		}
		after.Name = name
		r.server.renameEmoji(*e, after)
		return nil, nil
	}
	r.server.updateEmojis(after)
	return nil, nil
}

func deleteEmoji(r *request) (any, *apiError) {
	e := r.server.emojiByID(r.text("id"))
	if e == nil {
		return nil, errNoSuchEmojiDelete
	}
	r.server.deleteEmojis(e.Name)
	return nil, nil
}
