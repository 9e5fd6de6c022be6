package openapi

import (
	"strings"
	"unicode"
)

// pascal writes a name as a type's: its words joined, each with a capital.
// What is no ASCII letter or digit parts words.
func pascal(name string) string {
	var out strings.Builder
	up := true
	for _, r := range name {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			up = true
			continue
		}
		if up {
			r = unicode.ToUpper(r)
		}
		up = false
		out.WriteRune(r)
	}
	return out.String()
}

// singular is good enough for the names of lists: a person looks over them.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return name[:len(name)-3] + "y"
	case strings.HasSuffix(name, "sses"), strings.HasSuffix(name, "xes"), strings.HasSuffix(name, "ches"):
		return name[:len(name)-2]
	case strings.HasSuffix(name, "ss"), len(name) < 2:
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// idFields says what the ids are called that fields hold. A field matches an
// entry that it equals, or ends in after a capital; lists match by the
// singular. The first match counts.
var idFields = []struct{ field, id string }{
	{"replyId", "NoteID"},
	{"renoteId", "NoteID"},
	{"noteId", "NoteID"},
	{"userListId", "UserListID"},
	{"listId", "UserListID"},
	{"userId", "UserID"},
	{"user1Id", "UserID"},
	{"user2Id", "UserID"},
	{"winnerId", "UserID"},
	{"ownerId", "UserID"},
	{"followeeId", "UserID"},
	{"followerId", "UserID"},
	{"muteeId", "UserID"},
	{"blockeeId", "UserID"},
	{"reporterId", "UserID"},
	{"assigneeId", "UserID"},
	{"mentions", "UserID"},
	{"alsoKnownAs", "UserID"},
	{"fileId", "DriveFileID"},
	{"avatarId", "DriveFileID"},
	{"bannerId", "DriveFileID"},
	{"imageId", "DriveFileID"},
	{"folderId", "DriveFolderID"},
	{"roomId", "ChatRoomID"},
	{"messageId", "ChatMessageID"},
	{"gameId", "ReversiGameID"},
}

// entitySuffixes are what names of schemas add to the name of the entity.
var entitySuffixes = []string{"Only", "NotMe", "Detailed", "Lite", "Simple", "Admin", "Packed"}

// entities are schemas that show another entity, once the suffixes are gone.
var entities = map[string]string{"Me": "User"}

// idName names the id that a field of a type holds; "" when the field does not
// tell. It is not known for sure when it was made of the field's name alone.
func idName(owner, field string) (name string, known bool) {
	if field == "id" || field == "parentId" {
		return entity(owner) + "ID", true
	}
	one := strings.TrimSuffix(field, "s")
	for _, f := range idFields {
		if field == f.field || one == f.field || strings.HasSuffix(one, strings.ToUpper(f.field[:1])+f.field[1:]) {
			return f.id, true
		}
	}
	whose, is := strings.CutSuffix(one, "Id")
	if whose = pascal(whose); is && whose != "" && unicode.IsLetter(rune(whose[0])) {
		return whose + "ID", false
	}
	return "", false
}

// entity names what a schema shows some side of: ReversiGame for
// ReversiGameDetailed.
func entity(schema string) string {
	for trimmed := true; trimmed; {
		trimmed = false
		for _, s := range entitySuffixes {
			if rest, ok := strings.CutSuffix(schema, s); ok && rest != "" {
				schema, trimmed = rest, true
			}
		}
	}
	if name, ok := entities[schema]; ok {
		return name
	}
	return schema
}
