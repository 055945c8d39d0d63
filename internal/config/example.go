package config

import "strings"

// Example is the text of .env.example: every key with its default.
func Example() string {
	var b strings.Builder
	b.WriteString("# Settings of orabak-tui, each with its default. Copy to .env, then chmod 600 .env.\n" +
		"# The environment wins over this file, flags win over both; an empty value is the default.\n" +
		"# Put a value that holds $, # or spaces in single quotes.\n")
	group := ""
	for i := range keys {
		k := &keys[i]
		if k.group != group {
			group = k.group
			b.WriteString("\n# ---- " + group + " ----\n")
		}
		b.WriteString("\n# " + k.help + "\n# " + k.note() + "\n" + k.name + "=" + k.def + "\n")
	}
	return b.String()
}

// note says what is allowed, the computed default and the other names.
func (k *key) note() string {
	s := "Allowed: " + k.kind.allowed + "."
	if k.defNote != "" {
		s += " Default: " + k.defNote + "."
	}
	if len(k.aliases) > 0 {
		s += " Also read as " + strings.Join(k.aliases, ", ") + "."
	}
	return s
}

// Table is the README's table of keys, in Markdown.
func Table() string {
	var b strings.Builder
	b.WriteString("| key | default | what it does |\n|---|---|---|\n")
	for i := range keys {
		k := &keys[i]
		def := k.defNote
		if def == "" {
			def = k.def
		}
		if def != "" {
			def = "`" + def + "`"
		}
		b.WriteString("| " + cell("`"+k.name+"`") + " | " + cell(def) + " | " + cell(k.help+" "+k.note()) + " |\n")
	}
	return b.String()
}

// cell keeps a text from ending its cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
