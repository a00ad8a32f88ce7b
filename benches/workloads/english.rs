//! Which words do posts consist of? A few thousand, commoner ones first, and the sentences they stand in.
//!
//! Small words stand in the templates and so are the most frequent, as they are in any language; nouns, verbs and
//! adjectives are drawn by their rank, and inflected.

use crate::dice::Dice;

const NOUNS: &str = "time day thing people way year week phone app order service flight bag price money problem help \
number store website update team email account customer delivery refund company call product food morning night car \
bank train bus ticket card game house room place person friend family kid mother father sister brother wife husband \
dog cat job boss office school teacher student doctor nurse hospital city town street road station airport gate seat \
crew pilot driver luggage suitcase plane delay queue line minute hour month weekend summer winter holiday trip hotel \
breakfast lunch dinner coffee tea beer wine water pizza burger chicken salad cheese bread cake chocolate sugar salt \
table chair door window key wall floor kitchen garden bed bathroom shower light lamp screen battery charger cable \
laptop computer keyboard mouse printer camera photo picture video music song album concert band movie film series \
episode season show book page story chapter author news article paper magazine letter stamp box parcel package courier \
address label receipt bill invoice payment charge fee cost discount voucher coupon code password login link button \
menu page form field error message chat agent manager supervisor complaint answer reply question issue bug crash fix \
feature version system network signal connection internet router modem contract plan provider line support centre \
branch shop market mall size colour shirt dress shoe jacket coat trousers skirt hat sock glove scarf watch ring \
necklace gift present toy ball team player coach match goal score stadium fan league cup race bike helmet wheel tyre \
engine oil fuel petrol brake seatbelt mirror garage mechanic insurance policy claim accident damage repair warranty \
replacement part tool hammer nail screw paint brush ladder roof wall pipe tap toilet leak flood fire smoke alarm \
police officer court judge lawyer law rule right reason fact idea thought opinion review rating star comment post \
tweet thread profile follower trend tag campaign advert brand logo slogan offer deal sale bargain quality value waste \
scam fraud thief victim crime safety risk danger warning notice sign map route direction distance speed limit traffic \
jam bridge tunnel river lake sea beach island mountain hill forest tree flower grass leaf plant seed farm field cow \
horse sheep pig bird fish insect spider snake weather rain snow wind storm sun cloud sky moon star planet world earth \
country nation state government minister president election vote party policy tax budget economy industry business \
factory worker union strike wage salary pension loan mortgage rent landlord tenant flat apartment building lift stair \
neighbour noise party birthday wedding anniversary funeral baby child boy girl man woman guy lady gentleman uncle aunt \
cousin nephew grandmother grandfather heart head hand arm leg foot knee shoulder back neck eye ear nose mouth tooth \
hair skin face finger blood bone brain stomach pain headache fever cold cough allergy medicine pill tablet vaccine \
appointment surgery clinic pharmacy diet exercise gym muscle weight height shape test exam result grade lesson class \
course university degree research science experiment theory method data chart report meeting presentation slide \
project deadline task list note pen pencil desk drawer folder file document copy print scan signature stamp passport \
visa border customs guard tourist guide museum gallery painting statue theatre stage actor scene costume dance dancer \
singer guitar piano drum microphone speaker headphone radio podcast channel programme presenter audience joke laugh \
smile tear anger fear joy hope love hate trust doubt shame pride luck chance choice decision mistake fault blame \
excuse apology promise lie truth secret rumour gossip advice suggestion request demand need wish dream plan goal \
habit routine hobby skill talent effort energy power strength weakness change growth progress success failure victory \
defeat battle war peace soldier weapon bomb attack defence enemy ally history culture language word sentence phrase \
accent voice sound silence noise echo tone colour shape pattern surface edge corner centre top bottom side front \
inside outside beginning end middle half quarter third piece bit lot bunch pair set group crowd member leader \
volunteer charity donation fund grant prize award medal trophy record history champion legend hero";

const VERBS: &str = "get need want call wait help look ask try work use order pay charge cancel change book fix open \
close turn start stop move live play watch listen talk walk drive travel visit stay arrive land board check answer \
reply email text message post share like love hate enjoy miss expect hope wish believe trust doubt worry care matter \
happen seem appear remain return refund exchange replace repair deliver ship collect pick drop carry load pack wrap \
label stamp sign fill type click press tap swipe scroll search browse download install update upgrade reset restart \
crash freeze charge connect disconnect transfer deposit save spend cost owe borrow lend earn invest rent hire fire \
manage lead follow join quit retire train study learn teach explain describe mention report complain apologise \
promise offer suggest recommend advise warn threaten refuse agree accept reject admit deny prove claim argue discuss \
decide choose plan prepare organise arrange schedule delay postpone rush hurry slow reach pass cross enter exit leave \
climb jump kick push pull lift drag hang lock unlock knock ring cook bake fry boil roast taste smell eat drink serve \
clean wash dry iron fold paint decorate design create build destroy damage smash crack leak burn melt heat cool store \
measure weigh count add remove divide multiply print copy scan record film photograph draw sketch colour publish \
launch release announce advertise promote sponsor support donate volunteer vote protest march strike attack defend \
protect rescue save treat heal hurt injure kill bury remember remind recognise realise notice ignore avoid prevent \
allow permit force demand request require depend rely belong contain include involve cover hide seek find guess \
wonder dream imagine pretend joke laugh smile cry shout scream whisper sing dance perform practise compete score \
defeat celebrate thank greet welcome introduce invite host cheer boo clap";

const ADJECTIVES: &str = "new good great bad late free open sure same last next real nice happy ready slow long short \
old young big small high low early easy hard cheap expensive poor rich full empty clean dirty hot cold warm cool wet \
dry fast quick quiet loud soft strong weak heavy light dark bright clear simple complex safe dangerous healthy sick \
tired busy bored angry sad proud calm nervous scared brave shy polite rude kind cruel friendly helpful useless useful \
broken fine perfect terrible awful horrible amazing awesome brilliant fantastic wonderful lovely beautiful ugly pretty \
cute funny serious stupid smart clever crazy weird strange normal typical usual rare common special unique famous \
popular local national global public private personal social digital online mobile wireless electric automatic manual \
original modern ancient fresh rotten sweet sour bitter salty spicy delicious tasty plain fancy cosy comfortable \
spacious narrow wide deep shallow thick thin flat round square sharp smooth rough tight loose straight curved solid \
liquid hollow rusty dusty sticky slippery fragile tough flexible stiff stable steady constant frequent regular daily \
weekly monthly annual recent current former future final total entire whole partial single double triple extra spare \
available missing lost stolen hidden visible obvious secret honest loyal fair equal unfair illegal legal official \
formal casual professional careful careless patient impatient generous selfish greedy lazy active passive creative \
curious confident grateful disappointed frustrated furious annoyed confused surprised shocked excited delighted \
satisfied pleased relieved embarrassed ashamed guilty innocent lonely hungry thirsty sleepy awake alive dead pregnant \
single married divorced foreign domestic urban rural northern southern eastern western central royal religious \
political financial medical technical physical mental emotional musical visual natural artificial chemical organic \
vegan green blue red yellow purple pink brown black white grey golden silver wooden plastic metal woollen leather";

const NAMES: &str = "Anna Ben Chloe David Emma Frank Grace Henry Isla Jack Kate Liam Mia Noah Olivia Paul Quinn Rosa \
Sam Tara Uma Victor Wendy Yusuf Zoe Adam Bella Carlos Diana Ethan Fatima George Hannah Ivan Julia Kevin Laura Marco";

const PLACES: &str = "London Paris Berlin Madrid Rome Amsterdam Brussels Dublin Vienna Lisbon Oslo Stockholm Copenhagen \
Helsinki Warsaw Prague Budapest Athens Zurich Geneva Hamburg Munich Barcelona Milan Lyon Manchester Leeds Glasgow \
Toronto Boston Chicago Denver Dallas Seattle Austin Miami Sydney Melbourne Delhi Mumbai Lagos Nairobi Cairo Dubai";

/// Sentences: `%n` noun, `%N` its plural, `%v %s %d %g` verb (base, third person, past, -ing), `%a` adjective, `%y`
/// adverb, `%p` a person, `%c` a town, `%#` a number.
pub(super) const SENTENCES: &[&str] = &[
    "my %n is still %a and nobody %s the %n",
    "I have been %g for my %n since the %n %d",
    "can you please %v the %n, it is %a",
    "the %n was %a but the %n %d me",
    "why is the %n so %a today",
    "this is the %# time that my %n %d in a %n",
    "thank you for the %a %n, we %d it",
    "I %d a %a %n and the %n never %d",
    "is there any %n on the %n in %c",
    "never %g with you again, the %n is %a",
    "the %N in %c are %a this %n",
    "just %d my %n and it is %y %a",
    "they %d me %# for a %n that I did not %v",
    "how do I %v my %n without the %n",
    "you should %v the %n before the %N %v",
    "what a %a %n, I would %v it to my %N",
    "%p %d the %n and now it will not %v",
    "we were %g at the %n when the %n %d",
    "on my way to %c with a %a %n",
    "I want my %n back, this is %a",
    "it %s every %n but the %n is not %a",
    "does anyone know if the %n %s with a %n",
    "the new %n is %a, I %v it",
    "so %a to see the %n %g with %p",
    "if you %v the %n you will not %v the %n",
    "not sure what is %a about a %n that %s",
    "who else %s the %n in the %n",
    "my %n and I %d to %c for the %n",
    "they said the %n would %v, and it %y %d",
    "all I %v is a %a %n and some %N",
    "there is a %a %n in front of the %n",
    "that %n has %d more than %# %N",
    "our %n is %a because of your %n",
    "I am %g a %n about %a %N",
    "he %d her %n at the %n in %c",
    "no %n, no %n, just %a %N",
    "after %# %N of %g I am %y %a",
    "the %n says it is %a, but it is not",
    "love how the %n %s when I %v it",
    "worst %n ever, they %y %d my %n",
];

/// Sentences that name a brand: `%b`.
pub(super) const NAMING: &[&str] = &[
    "%b %d my %n again and the %n is %a",
    "dear %b, where is my %n",
    "I %d with %b and the %n was %a",
    "does %b have a %n for this",
    "thanks %b for the %a %n in %c",
    "is anybody else %g for %b to %v the %n",
    "%b is %a, their %n %s the %n",
    "my %b %n is %a and it will not %v",
    "switched from %b because the %n is %a",
    "the %n at %b %d me a %a %n",
    "great %n by %b this %n",
    "if %b do not %v my %n I will %v them",
];

/// The words by class, split once.
#[derive(Debug)]
pub(super) struct English {
    pub(super) nouns: Vec<&'static str>,
    pub(super) verbs: Vec<&'static str>,
    pub(super) adjectives: Vec<&'static str>,
    names: Vec<&'static str>,
    places: Vec<&'static str>,
}

impl Default for English {
    fn default() -> Self {
        let words = |list: &'static str| {
            let mut seen = std::collections::BTreeSet::new();
            list.split_whitespace().filter(|word| seen.insert(*word)).collect::<Vec<_>>()
        };
        Self {
            nouns: words(NOUNS),
            verbs: words(VERBS),
            adjectives: words(ADJECTIVES),
            names: words(NAMES),
            places: words(PLACES),
        }
    }
}

impl English {
    /// Writes one sentence of a template, without what closes it; `brand` stands for `%b`.
    pub(super) fn sentence(&self, template: &str, brand: &str, dice: &mut Dice, text: &mut String) {
        let mut chars = template.chars();
        while let Some(c) = chars.next() {
            match (c, if c == '%' { chars.next() } else { None }) {
                ('%', Some('b')) => text.push_str(brand),
                ('%', Some('#')) => text.push_str(&(dice.zipf(900, 6) + 2).to_string()),
                ('%', Some('p')) => text.push_str(drawn(&self.names, dice)),
                ('%', Some('c')) => text.push_str(drawn(&self.places, dice)),
                ('%', Some(slot)) => text.push_str(&self.word(slot, dice)),
                (c, _) => text.push(c),
            }
        }
    }

    fn word(&self, slot: char, dice: &mut Dice) -> String {
        match slot {
            'n' => drawn(&self.nouns, dice).to_owned(),
            'N' => plural(drawn(&self.nouns, dice)),
            'v' => drawn(&self.verbs, dice).to_owned(),
            's' => plural(drawn(&self.verbs, dice)),
            'd' => with(drawn(&self.verbs, dice), "ed"),
            'g' => with(drawn(&self.verbs, dice), "ing"),
            'a' => drawn(&self.adjectives, dice).to_owned(),
            _ => adverb(drawn(&self.adjectives, dice)),
        }
    }

    /// A word with a meaning of its own, as posts use them.
    pub(super) fn content(&self, dice: &mut Dice) -> String {
        let slot = dice.pick(&['n', 'n', 'n', 'N', 'v', 's', 'd', 'g', 'a', 'a', 'y']);
        self.word(slot, dice)
    }
}

fn drawn(list: &[&'static str], dice: &mut Dice) -> &'static str {
    let rank = dice.zipf(list.len(), 12);
    list.get(rank).copied().unwrap_or("thing")
}

fn ends_in(word: &str, letters: &[char]) -> bool {
    word.ends_with(letters)
}

/// `bag` bags, `city` cities, `box` boxes.
fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if !ends_in(stem, &['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if ends_in(word, &['s', 'x', 'z']) || word.ends_with("ch") || word.ends_with("sh") => {
            format!("{word}es")
        }
        _ => format!("{word}s"),
    }
}

/// `change` changed, `try` tried, `stop` stopped; spoken English forgives `costed`.
fn with(word: &str, ending: &str) -> String {
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let last: Vec<char> = word.chars().rev().take(3).collect();
    match (word.strip_suffix('e'), word.strip_suffix('y'), last.as_slice()) {
        (Some(stem), ..) => format!("{stem}{ending}"),
        (_, Some(stem), [_, before, ..]) if ending == "ed" && !vowel(*before) => format!("{stem}ied"),
        (.., [c, v, b])
            if word.len() <= 4 && vowel(*v) && !vowel(*b) && !vowel(*c) && !matches!(c, 'w' | 'x' | 'y') =>
        {
            format!("{word}{c}{ending}")
        }
        _ => format!("{word}{ending}"),
    }
}

/// `happy` happily, `terrible` terribly.
fn adverb(word: &str) -> String {
    match (word.strip_suffix('y'), word.strip_suffix("le")) {
        (Some(stem), _) => format!("{stem}ily"),
        (_, Some(stem)) => format!("{stem}ly"),
        _ => format!("{word}ly"),
    }
}
