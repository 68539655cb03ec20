# bash completion for packledger, made by `packledger completion bash`.
_packledger() {
  local current=${COMP_WORDS[COMP_CWORD]} path=packledger words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${COMP_WORDS[i]}" in
      'packledger demo'|'packledger account'|'packledger account open'|'packledger account show'|'packledger account set'|'packledger account fund'|'packledger products'|'packledger price-book'|'packledger price-book show'|'packledger price-book publish'|'packledger buy'|'packledger order'|'packledger order show'|'packledger order pay'|'packledger order cancel'|'packledger grant'|'packledger packages'|'packledger send'|'packledger reverse'|'packledger hold'|'packledger hold place'|'packledger hold capture'|'packledger hold release'|'packledger hold show'|'packledger hold list'|'packledger alarm'|'packledger alarm set'|'packledger alarm list'|'packledger alarm show'|'packledger alarm remove'|'packledger renewal'|'packledger renewal set'|'packledger renewal show'|'packledger renewal on'|'packledger renewal off'|'packledger renewal remove'|'packledger contacts'|'packledger contacts show'|'packledger contacts set'|'packledger contacts remove'|'packledger notices'|'packledger statement'|'packledger explain'|'packledger usage'|'packledger forecast'|'packledger invoice'|'packledger invoice request'|'packledger invoice list'|'packledger invoice show'|'packledger watch'|'packledger journal'|'packledger clock'|'packledger clock show'|'packledger clock advance'|'packledger clock accept'|'packledger digest'|'packledger verify'|'packledger replay'|'packledger export'|'packledger import'|'packledger backup'|'packledger restore'|'packledger repair'|'packledger traffic'|'packledger bench'|'packledger config'|'packledger config check'|'packledger config print'|'packledger config doc'|'packledger completion') path+=" ${COMP_WORDS[i]}" ;;
    esac
  done
  case $path in
    'packledger') words='demo account products price-book buy order grant packages send reverse hold alarm renewal contacts notices statement explain usage forecast invoice watch journal clock digest verify replay export import backup restore repair traffic bench config completion --help --server --key --json --plain --version' ;;
    'packledger demo') words='--help --server --key --json --plain --version' ;;
    'packledger account') words='open show set fund --help --server --key --json --plain --version' ;;
    'packledger account open') words='--help --currency --zone --order --late-window --acceptance-window --reversal-window --order-ttl --overdue-grace --prepaid-strict --absorb-overage --reminders --dry-run --server --key --json --plain --version' ;;
    'packledger account show') words='--help --at --position --server --key --json --plain --version' ;;
    'packledger account set') words='--help --mode --zone --order --late-window --acceptance-window --reversal-window --order-ttl --overdue-grace --prepaid-strict --absorb-overage --reminders --dry-run --server --key --json --plain --version' ;;
    'packledger account fund') words='--help --reason --once --dry-run --server --key --json --plain --version' ;;
    'packledger products') words='--help --at --server --key --json --plain --version' ;;
    'packledger price-book') words='show publish --help --server --key --json --plain --version' ;;
    'packledger price-book show') words='--help --at --server --key --json --plain --version' ;;
    'packledger price-book publish') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger buy') words='--help --order --quota --copies --external --renews --dry-run --server --key --json --plain --version' ;;
    'packledger order') words='show pay cancel --help --server --key --json --plain --version' ;;
    'packledger order show') words='--help --server --key --json --plain --version' ;;
    'packledger order pay') words='--help --reference --dry-run --server --key --json --plain --version' ;;
    'packledger order cancel') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger grant') words='--help --quota --to --template --mode --priority --effective-at --until --validity --expiry --price-paid --reason --dry-run --server --key --json --plain --version' ;;
    'packledger packages') words='--help --expiring-within --state --pool --at --position --server --key --json --plain --version' ;;
    'packledger send') words='--help --send --to --template --units --text --signature --at --not-billable --dry-run --file --from-line --server --key --json --plain --version' ;;
    'packledger reverse') words='--help --reversal --dry-run --server --key --json --plain --version' ;;
    'packledger hold') words='place capture release show list --help --server --key --json --plain --version' ;;
    'packledger hold place') words='--help --units --to --template --ttl --hold --dry-run --server --key --json --plain --version' ;;
    'packledger hold capture') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger hold release') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger hold show') words='--help --server --key --json --plain --version' ;;
    'packledger hold list') words='--help --server --key --json --plain --version' ;;
    'packledger alarm') words='set list show remove --help --server --key --json --plain --version' ;;
    'packledger alarm set') words='--help --units --percent --amount --within --per-package --package --pool --when --contacts --cooldown --dry-run --server --key --json --plain --version' ;;
    'packledger alarm list') words='--help --server --key --json --plain --version' ;;
    'packledger alarm show') words='--help --server --key --json --plain --version' ;;
    'packledger alarm remove') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger renewal') words='set show on off remove --help --server --key --json --plain --version' ;;
    'packledger renewal set') words='--help --quantity --threshold --pre-expiry --product --max-per-day --pool --off --dry-run --server --key --json --plain --version' ;;
    'packledger renewal show') words='--help --server --key --json --plain --version' ;;
    'packledger renewal on') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger renewal off') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger renewal remove') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger contacts') words='show set remove --help --server --key --json --plain --version' ;;
    'packledger contacts show') words='--help --server --key --json --plain --version' ;;
    'packledger contacts set') words='--help --sms --email --webhook --dingtalk-robot --internal --topics --file --dry-run --server --key --json --plain --version' ;;
    'packledger contacts remove') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger notices') words='--help --topic --from --limit --server --key --json --plain --version' ;;
    'packledger statement') words='--help --from --to --kind --limit --server --key --json --plain --version' ;;
    'packledger explain') words='--help --balance --package --alarm --renewal --entry --send --at --position --limit --server --key --json --plain --version' ;;
    'packledger usage') words='--help --range --from --to --step --zone --package --payg --destination --template --at --position --by --server --key --json --plain --version' ;;
    'packledger forecast') words='--help --at --position --server --key --json --plain --version' ;;
    'packledger invoice') words='request list show --help --server --key --json --plain --version' ;;
    'packledger invoice request') words='--help --note --once --dry-run --server --key --json --plain --version' ;;
    'packledger invoice list') words='--help --server --key --json --plain --version' ;;
    'packledger invoice show') words='--help --html --server --key --json --plain --version' ;;
    'packledger watch') words='--help --entries --from --count --server --key --json --plain --version' ;;
    'packledger journal') words='--help --account --kind --from --limit --follow --server --key --json --plain --version' ;;
    'packledger clock') words='show advance accept --help --server --key --json --plain --version' ;;
    'packledger clock show') words='--help --server --key --json --plain --version' ;;
    'packledger clock advance') words='--help --by --to --server --key --json --plain --version' ;;
    'packledger clock accept') words='--help --yes --dry-run --server --key --json --plain --version' ;;
    'packledger digest') words='--help --server --key --json --plain --version' ;;
    'packledger verify') words='--help --data --from --to --rate --against --public-key --head --sign-with --make-key --server --key --json --plain --version' ;;
    'packledger replay') words='--help --data --until --into --rate --price-book --from-start --order --late-window --overdue-grace --prepaid-strict --diff --csv --resume --server --key --json --plain --version' ;;
    'packledger export') words='--help --data --format --from --to --out --rate --server --key --json --plain --version' ;;
    'packledger import') words='--help --data --format --server --key --json --plain --version' ;;
    'packledger backup') words='--help --data --rate --server --key --json --plain --version' ;;
    'packledger restore') words='--help --data --server --key --json --plain --version' ;;
    'packledger repair') words='--help --data --from --server --key --json --plain --version' ;;
    'packledger traffic') words='--help --accounts --sends --days --seed --book --server --key --json --plain --version' ;;
    'packledger bench') words='--help --accounts --packages --quota --distribution --duplicates --prefix --seed --protocol --producers --batch --connections --in-flight --threads --rate --sends --seconds --no-check --server --key --json --plain --version' ;;
    'packledger config') words='check print doc --help --server --key --json --plain --version' ;;
    'packledger config check') words='--help --server --key --json --plain --version' ;;
    'packledger config print') words='--help --server --key --json --plain --version' ;;
    'packledger config doc') words='--help --server --key --json --plain --version' ;;
    'packledger completion') words='--help --server --key --json --plain --version' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _packledger packledger
