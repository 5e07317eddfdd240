// The scripts by which shells complete the command line: they ask `procreg __complete`.
import type { Act } from '../../command-row.js';
import { exitCodes, Failure } from '../../failure.js';
import { print } from '../../terminal/table.js';

/** bash splits words at : and = too; it works without the package bash-completion. */
const bash = String.raw`# bash completion of procreg
_procreg() {
  local rest=${'$'}{COMP_LINE:0:COMP_POINT} word trimmed current line prefix= breaks=${'$'}{COMP_WORDBREAKS//[^:=]/}
  local -a words=()
  for word in "${'$'}{COMP_WORDS[@]}"; do
    trimmed=${'$'}{rest#"${'$'}{rest%%[![:blank:]]*}"}
    [ -n "$trimmed" ] || break
    if [ ${'$'}{#words[@]} -eq 0 ] || [ "$trimmed" != "$rest" ]; then
      words+=("${'$'}{trimmed:0:${'$'}{#word}}")
    else
      words[${'$'}{#words[@]}-1]+=${'$'}{trimmed:0:${'$'}{#word}}
    fi
    rest=${'$'}{trimmed:${'$'}{#word}}
  done
  [ -z "$rest" ] || words+=("")
  current=${'$'}{words[${'$'}{#words[@]}-1]}
  case $current in
    *["$breaks"]*) [ -z "$breaks" ] || prefix=${'$'}{current%"${'$'}{current##*["$breaks"]}"} ;;
  esac
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = :files ]; then
      compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$current"))
      return
    fi
    line=${'$'}{line%%$'\t'*}
    printf -v word %q "${'$'}{line#"$prefix"}"
    COMPREPLY+=("$word")
  done < <(command procreg __complete -- "${'$'}{words[@]:1}" 2>/dev/null </dev/null)
}
complete -F _procreg procreg
`;

const zsh = String.raw`#compdef procreg
# zsh completion of procreg
_procreg() {
  local line
  local -a before values shown
  (( CURRENT > 2 )) && before=("${'$'}{(@Q)words[2,CURRENT-1]}")
  for line in "${'$'}{(@f)$(command procreg __complete -- "${'$'}{before[@]}" "${'$'}{(Q)PREFIX}" 2>/dev/null </dev/null)}"; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    [[ -n $line ]] || continue
    values+=("${'$'}{line%%$'\t'*}")
    shown+=("${'$'}{line/$'\t'/  -- }")
  done
  (( $#values )) && compadd -l -d shown -a values
}
if [[ $funcstack[1] == _procreg ]]; then
  _procreg "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _procreg procreg
fi
`;

const fish = String.raw`# fish completion of procreg
function __procreg_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in (command procreg __complete -- $before[2..-1] "$current" 2>/dev/null </dev/null)
        if test "$line" = ':files'
            __fish_complete_path "$current"
        else
            printf '%s\n' $line
        end
    end
end
complete -c procreg -f -a '(__procreg_complete)'
`;

const scripts: Record<string, string> = { bash, zsh, fish };

export const completion: Act = async (_session, [shell]) => {
  if (!Object.hasOwn(scripts, shell)) throw new Failure(`unknown shell '${shell}'; known: bash, zsh, fish`, { exitCode: exitCodes.usage });
  print(scripts[shell]);
  return 0;
};
