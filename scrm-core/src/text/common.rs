//! Which words stand in nearly every text? The most common ones of some languages, by rank.

use std::sync::OnceLock;

/// The rank of a folded word among the most common ones of its language, 0 the most common; `None` for all others.
///
/// ```
/// use scrm_core::text::common;
/// assert_eq!(common("the"), Some(0));
/// assert!(common("und") < common("hat"));
/// assert_eq!(common("refund"), None);
/// ```
pub fn common(folded: &str) -> Option<usize> {
    let ranks = RANKS.get_or_init(|| {
        let lists = LISTS.iter().flat_map(|list| list.split(' ').enumerate());
        let mut ranks: Vec<(&str, usize)> = lists.map(|(rank, word)| (word, rank)).collect();
        ranks.sort_unstable();
        ranks.dedup_by_key(|(word, _)| *word);
        ranks
    });
    let at = ranks.binary_search_by_key(&folded, |(word, _)| *word).ok()?;
    ranks.get(at).map(|(_, rank)| *rank)
}

/// All of them, each language's by rank; some stand in several.
pub(crate) fn common_words() -> impl Iterator<Item = &'static str> {
    LISTS.iter().flat_map(|list| list.split(' '))
}

static RANKS: OnceLock<Vec<(&str, usize)>> = OnceLock::new();

/// English, German, French, Spanish, Italian, Portuguese, Dutch: counted in posts and letters, by rank.
const LISTS: [&str; 7] = [
    "the to i a and you is in it of for my on that me so have but just with be at not this was are your all out up get \
     what do now when can like from they if we no how will good more time about love go know an one he she as by or \
     our us their them there who why been has had am did than then some here would could should want need please \
     thanks thank really still see today day back new people even too make going because over much don't i'm it's \
     can't 1 2 3",
    "die der und ich ist das nicht in es du zu den ein mit so auf wie was auch für an hat war von aber dass sie er wir \
     im eine man bei noch schon nur mir mich habe haben sind als aus wenn dann mal kein dem des um am zum zur nach vor",
    "de la le et je les pas est des en que un une du à pour il tu dans qui on ce c'est a sur mais avec me se ne vous \
     ça au plus mon j'ai nous sont par elle si tout ou moi fait bien être cette son",
    "de que la y no el en a me es los mi se un te lo por con una las para del al si tu ya más pero le como yo qué muy \
     hay su esta este cuando todo está son o ser",
    "di e che non la il a è un in per mi ma si le con ho lo una sono da i del al ti come più se ci mio o questo anche \
     della nel gli dei perché io cosa ha",
    "de que o a e não eu é um me em do da no com pra uma se os mais na por mas você meu para as te só como já tá \
     minha isso foi ao bem ser tem ele muito",
    "de ik het een is en in dat niet je van op te die ze wat maar er met ook voor aan zo nu nog dan wel bij als naar \
     om hij wij was heb mijn heeft kan geen zijn uit al over of",
];
