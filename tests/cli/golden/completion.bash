# bash completion for packledger, made by `packledger completion bash`.
_packledger() {
  local current=${COMP_WORDS[COMP_CWORD]} path=packledger words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${COMP_WORDS[i]}" in
      'packledger demo'|'packledger account'|'packledger account open'|'packledger account show'|'packledger account set'|'packledger account fund'|'packledger products'|'packledger price-book'|'packledger price-book show'|'packledger price-book publish'|'packledger buy'|'packledger order'|'packledger order show'|'packledger order pay'|'packledger order cancel'|'packledger grant'|'packledger packages'|'packledger send'|'packledger reverse'|'packledger watch'|'packledger journal'|'packledger clock'|'packledger clock show'|'packledger clock advance'|'packledger digest'|'packledger traffic'|'packledger config'|'packledger config check'|'packledger config print'|'packledger config doc'|'packledger completion') path+=" ${COMP_WORDS[i]}" ;;
    esac
  done
  case $path in
    'packledger') words='demo account products price-book buy order grant packages send reverse watch journal clock digest traffic config completion --help --server --key --json --plain --version' ;;
    'packledger demo') words='--help --server --key --json --plain --version' ;;
    'packledger account') words='open show set fund --help --server --key --json --plain --version' ;;
    'packledger account open') words='--help --currency --zone --order --late-window --acceptance-window --reversal-window --order-ttl --overdue-grace --prepaid-strict --absorb-overage --reminders --server --key --json --plain --version' ;;
    'packledger account show') words='--help --at --position --server --key --json --plain --version' ;;
    'packledger account set') words='--help --mode --zone --order --late-window --acceptance-window --reversal-window --order-ttl --overdue-grace --prepaid-strict --absorb-overage --reminders --server --key --json --plain --version' ;;
    'packledger account fund') words='--help --reason --once --server --key --json --plain --version' ;;
    'packledger products') words='--help --at --server --key --json --plain --version' ;;
    'packledger price-book') words='show publish --help --server --key --json --plain --version' ;;
    'packledger price-book show') words='--help --at --server --key --json --plain --version' ;;
    'packledger price-book publish') words='--help --dry-run --server --key --json --plain --version' ;;
    'packledger buy') words='--help --order --quota --copies --external --dry-run --server --key --json --plain --version' ;;
    'packledger order') words='show pay cancel --help --server --key --json --plain --version' ;;
    'packledger order show') words='--help --server --key --json --plain --version' ;;
    'packledger order pay') words='--help --reference --server --key --json --plain --version' ;;
    'packledger order cancel') words='--help --server --key --json --plain --version' ;;
    'packledger grant') words='--help --quota --to --template --mode --priority --effective-at --until --validity --expiry --price-paid --reason --dry-run --server --key --json --plain --version' ;;
    'packledger packages') words='--help --expiring-within --state --pool --at --position --server --key --json --plain --version' ;;
    'packledger send') words='--help --send --to --template --units --text --signature --at --not-billable --dry-run --file --from-line --server --key --json --plain --version' ;;
    'packledger reverse') words='--help --reversal --dry-run --server --key --json --plain --version' ;;
    'packledger watch') words='--help --entries --from --count --server --key --json --plain --version' ;;
    'packledger journal') words='--help --account --kind --from --limit --follow --server --key --json --plain --version' ;;
    'packledger clock') words='show advance --help --server --key --json --plain --version' ;;
    'packledger clock show') words='--help --server --key --json --plain --version' ;;
    'packledger clock advance') words='--help --by --to --server --key --json --plain --version' ;;
    'packledger digest') words='--help --server --key --json --plain --version' ;;
    'packledger traffic') words='--help --accounts --sends --days --seed --book --server --key --json --plain --version' ;;
    'packledger config') words='check print doc --help --server --key --json --plain --version' ;;
    'packledger config check') words='--help --server --key --json --plain --version' ;;
    'packledger config print') words='--help --server --key --json --plain --version' ;;
    'packledger config doc') words='--help --server --key --json --plain --version' ;;
    'packledger completion') words='--help --server --key --json --plain --version' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _packledger packledger
