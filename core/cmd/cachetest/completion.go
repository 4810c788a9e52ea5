package main

import (
	"flag"
	"fmt"
	"strings"
)

var completionVerb = verb{
	name:  "completion",
	args:  "bash|zsh|fish",
	short: "write what makes a shell complete commands, flags and keys",
	long: `
For bash, in .bashrc:   source <(cachetest completion bash)
For zsh, in .zshrc:     source <(cachetest completion zsh)
For fish:               cachetest completion fish | source

They complete what is called cachetest: for a tool of a module that is an alias,
alias cachetest='go tool cachetest'.`,
	setup: func(c *command) func() error { return c.completion },
}

// completions are the scripts; each completes the first word by %[1]s, the
// commands, a flag by a line of %[2]s, and else a key of the module.
var completions = map[string]string{
	"bash": `_cachetest() {
	local cur=${COMP_WORDS[COMP_CWORD]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W '%[1]s' -- "$cur"))
		return
	fi
	case $cur in
	-*)
		case ${COMP_WORDS[1]} in
%[2]s		esac
		;;
	*)
		local IFS=$'\n'
		COMPREPLY=($(compgen -W "$(cachetest completion keys 2>/dev/null)" -- "$cur") $(compgen -f -- "$cur"))
		;;
	esac
}
complete -F _cachetest cachetest
`,
	"zsh": `autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
`,
	"fish": `complete -c cachetest -n __fish_use_subcommand -f -a '%[1]s'
%[2]scomplete -c cachetest -n 'not __fish_use_subcommand' -a '(cachetest completion keys 2>/dev/null)'
`,
}

func (c *command) completion() error {
	if len(c.args) != 1 {
		return errUsage
	}
	shell := c.args[0]
	if shell == "keys" { // for the scripts
		return c.completeKeys()
	}
	script := completions[shell]
	if script == "" {
		return errUsage
	}
	flagLine := "\t\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")) ;;\n"
	switch shell {
	case "zsh":
		script += completions["bash"]
	case "fish":
		flagLine = "complete -c cachetest -n '__fish_seen_subcommand_from %s' -f -a '%s'\n"
	}
	flagLines := ""
	for _, v := range verbs {
		flagLines += fmt.Sprintf(flagLine, v.name, strings.Join(flagNames(&v), " "))
	}
	_, err := fmt.Fprintf(c.out, script, strings.Join(verbNames(), " "), flagLines)
	return err
}

func flagNames(v *verb) (names []string) {
	c := &command{verb: v, flags: newFlags(v.name)}
	v.setup(c)
	c.flags.VisitAll(func(f *flag.Flag) { names = append(names, "-"+f.Name) })
	return names
}

// completeKeys writes the keys of the module.
func (c *command) completeKeys() error {
	cache, err := c.open()
	if err != nil {
		return err
	}
	c.args = nil
	list, _, err := c.choose(cache.Fixtures())
	for _, f := range list {
		fmt.Fprintln(c.out, f.Key)
	}
	return err
}
