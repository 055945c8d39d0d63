package run

// Describe says in words what an event tells, without its time; empty for
// events that are only for programs. Texts may have several lines.
func Describe(e Event) string { return describe(&e) }
